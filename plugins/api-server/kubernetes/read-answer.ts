import type { Readable } from 'node:stream';
import { readText } from '#domain/health-fields.ts';
import { isJsonObject } from '#domain/json.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import type { ApiAnswer } from '#domain/ports/api-server.ts';

/** No list page or object comes near this; a server that sends more is not one of Kubernetes. */
const largestBody = 128 * 1024 * 1024;

/** The body of a response, of either version of HTTP. */
export interface ResponseBody extends Readable {
  setTimeout(ms: number, callback: () => void): unknown;
}

/** Reads a whole body; `timeoutMs` counts from the head of the response. */
export async function readBody(response: ResponseBody, timeoutMs: number): Promise<string> {
  const timer = setTimeout(
    () => response.destroy(new Error(`the answer was not complete within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > largestBody) throw new Error('an answer of more than 128 MB');
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Calls back for every line of a stream; `idleMs` without a byte breaks it. */
export async function readLines(
  response: ResponseBody,
  options: { readonly onLine: (line: string) => void; readonly idleMs: number },
): Promise<void> {
  let rest = '';
  response.setTimeout(options.idleMs, () => response.destroy(new Error(`silence for ${options.idleMs / 1000} s`)));
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > largestBody) throw new Error('a line of more than 128 MB');
    for (const line of lines) if (line !== '') options.onLine(line);
  }
}

export function toAnswer(status: number, text: string): ApiAnswer {
  const body = decode(text);
  if (status < 300) return { ok: true, body };
  const message = readText(body, 'message') || `HTTP status ${status}`;
  return { ok: false, status, reason: readText(body, 'reason'), message };
}

function decode(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json; // JSON text gives JSON values
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
