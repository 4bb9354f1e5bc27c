export { makeFluxProvider } from './flux-provider.ts';
