/** Calls an API as EMCO's clients and browsers do. */
import { request } from 'node:http';
import { isJsonObject, type Json } from '#domain/json.ts';

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string | Buffer;
  readonly metadata?: unknown;
  /** Part name, file name and bytes. */
  readonly files?: readonly (readonly [part: string, name: string, bytes: Uint8Array | string])[];
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  json(): Json;
}

/** `node:http` rather than fetch: it sends no Accept of its own, which makes a difference to EMCO's clients. */
export function call(base: string, { method = 'GET', path, headers = {}, ...rest }: Call): Promise<Answer> {
  const body = toBody(rest);
  const type = body === null ? {} : { 'Content-Type': body.type, 'Content-Length': String(body.bytes.length) };
  return new Promise((resolve, reject) => {
    const sent = request(`${base}${path}`, { method, headers: { ...type, ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        const text = bytes.toString();
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text,
          bytes,
          headers: response.headers,
          json: () => JSON.parse(text),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body?.bytes);
  });
}

type Body = Pick<Call, 'json' | 'text' | 'metadata' | 'files'>;

function toBody({ json, text, metadata, files }: Body): { readonly type: string; readonly bytes: Buffer } | null {
  if (text !== undefined) return { type: 'application/json', bytes: Buffer.from(text) };
  if (json !== undefined) return { type: 'application/json', bytes: Buffer.from(JSON.stringify(json)) };
  if (metadata === undefined && files === undefined) return null;
  const boundary = 'test-boundary-42';
  const parts = (files ?? []).flatMap(([part, name, bytes]) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${part}"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    Buffer.from(bytes),
    Buffer.from('\r\n'),
  ]);
  const field = typeof metadata === 'string' ? metadata : JSON.stringify(metadata);
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n${field}\r\n`;
  const all = [...(metadata === undefined ? [] : [Buffer.from(head)]), ...parts, Buffer.from(`--${boundary}--\r\n`)];
  return { type: `multipart/form-data; boundary=${boundary}`, bytes: Buffer.concat(all) };
}

/** A caller with a base path. */
export const makeCaller = (base: string) => ({
  call: (wanted: Call) => call(base, wanted),
  get: (path: string, headers: Record<string, string> = {}) => call(base, { path, headers }),
  post: (path: string, rest: Omit<Call, 'path' | 'method'> = {}) => call(base, { method: 'POST', path, ...rest }),
  put: (path: string, rest: Omit<Call, 'path' | 'method'> = {}) => call(base, { method: 'PUT', path, ...rest }),
  remove: (path: string, headers: Record<string, string> = {}) => call(base, { method: 'DELETE', path, headers }),
});

export type Caller = ReturnType<typeof makeCaller>;

/** A member of a JSON answer, `spec.kv`; undefined when it is not there. */
export function memberOf(answer: Answer, path: string): Json | undefined {
  let value: Json | undefined = answer.json();
  for (const name of path.split('.')) {
    if (Array.isArray(value)) value = (value as readonly Json[])[Number(name)];
    else value = isJsonObject(value) ? value[name] : undefined;
  }
  return value;
}

/** The same where it is a text. */
export function textOf(answer: Answer, path: string): string {
  const value = memberOf(answer, path);
  return typeof value === 'string' ? value : '';
}
