/** The few calls of the API that the benchmarks make. */

export interface Upload {
  readonly body: object;
  readonly file: Uint8Array;
}

const isUpload = (body: object): body is Upload => 'file' in body && 'body' in body;

/** Sends JSON, or a multipart form when a file comes along; gives the answer's headers. */
export async function call(
  api: string,
  path: string,
  request: { method?: string; body?: object } = {},
): Promise<Headers> {
  const { method = 'POST', body } = request;
  const response = await fetch(`${api}/v2${path}`, { method, ...(body === undefined ? {} : toBody(body)) });
  const text = await response.text();
  if (response.ok) return response.headers;
  throw new Error(`${method} ${path}: expected success, found ${response.status} ${text.slice(0, 500)}`);
}

function toBody(body: object): { body: FormData | string; headers?: Record<string, string> } {
  if (!isUpload(body)) return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const form = new FormData();
  form.append('metadata', JSON.stringify(body.body));
  form.append('file', new Blob([new Uint8Array(body.file)]), 'file.tgz');
  return { body: form };
}
