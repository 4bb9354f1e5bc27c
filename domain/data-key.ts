/** Whether Kubernetes takes the text as a key in the data of a ConfigMap or Secret. */
export const isDataKey = (key: string): boolean =>
  /^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== '.' && !key.startsWith('..');
