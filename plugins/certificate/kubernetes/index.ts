export { makeUserCertificates } from './user-certificates.ts';
