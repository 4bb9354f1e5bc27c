/** Sizes of uploads, and EMCO's words about them. */
const mebibyte = 1024 * 1024;

/** Charts and profiles, compressed. */
export const largestArchiveBytes = 32 * mebibyte;
/** A Kubernetes object and a kubeconfig are never larger. */
export const largestObjectBytes = mebibyte;

export const acceptText = 'set Accept: multipart/form-data, application/json or application/octet-stream';
export const gacAcceptText = 'set Accept header to multipart/form-data, application/json or application/octet-stream';
