/** Reads JSON bodies with a cap. */
import type { Request } from 'express';
import type { Json } from '#domain/json.ts';
import { JsonRefusal, readJson } from './json-reader.ts';
import { HttpProblem } from './problem.ts';

export const largestJsonBytes = 1024 * 1024;

export interface BodyTexts {
  /** What the body is, in a sentence. */
  readonly object: string;
  /** EMCO's text for an empty body. */
  readonly emptyText: string;
  readonly undecodableText?: string;
  /** Default: `largestJsonBytes`. */
  readonly largestBytes?: number;
}

export async function readJsonBody(request: Request, texts: BodyTexts): Promise<Json> {
  return toJson(await readText(request, texts), texts);
}

/** Null when there is none. */
export async function readOptionalJsonBody(request: Request, texts: BodyTexts): Promise<Json> {
  const text = await readText(request, texts);
  return text.trim() === '' ? null : toJson(text, texts);
}

/** @throws HttpProblem 400 when empty, 422 when no JSON */
export function toJson(text: string, texts: BodyTexts): Json {
  if (text.trim() === '') {
    const problems = [{ object: texts.object, expected: 'a JSON body', found: 'nothing' }];
    throw new HttpProblem({ status: 400, code: 'document-invalid', text: texts.emptyText, problems });
  }
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonRefusal)) throw error;
    throw new HttpProblem({
      status: 422,
      code: 'document-undecodable',
      text: texts.undecodableText ?? error.message,
      problems: [
        { object: texts.object, expected: 'valid JSON', found: `${error.message} at character ${error.offset + 1}` },
      ],
    });
  }
}

async function readText(request: Request, { object, largestBytes = largestJsonBytes }: BodyTexts): Promise<string> {
  refuseEncoding(request);
  if (Number(request.headers['content-length'] ?? 0) > largestBytes) throw tooLarge(object, largestBytes);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    // Nobody has set an encoding on the stream, so it gives buffers.
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > largestBytes) throw tooLarge(object, largestBytes);
    parts.push(bytes);
  }
  return toUtf8(Buffer.concat(parts), object);
}

function toUtf8(bytes: Uint8Array, object: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const problems = [{ object, expected: 'UTF-8 text', found: 'other bytes' }];
    throw new HttpProblem({ status: 422, code: 'document-undecodable', text: 'invalid UTF-8', problems });
  }
}

export function refuseEncoding(request: Request): void {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return;
  const problems = [{ object: 'body', expected: 'no Content-Encoding', found: encoding.slice(0, 40) }];
  throw new HttpProblem({ status: 415, code: 'encoding-unsupported', text: 'Unsupported Content-Encoding', problems });
}

export const tooLarge = (object: string, bytes: number): HttpProblem =>
  new HttpProblem({
    status: 413,
    code: 'document-too-large',
    text: 'Request body too large',
    problems: [{ object, expected: `at most ${bytes} bytes`, found: 'more' }],
    headers: { Connection: 'close' },
  });
