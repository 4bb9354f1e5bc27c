export { connectApiServer } from './connect.ts';
