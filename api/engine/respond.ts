/** Writes answers in EMCO's form. */
import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Json } from '#domain/json.ts';
import { wantsJsonProblem } from './accept.ts';
import { type HttpProblem, toProblemDocument } from './problem.ts';

const escapes: Readonly<Record<string, string>> = {
  '<': String.raw`\u003c`,
  '>': String.raw`\u003e`,
  '&': String.raw`\u0026`,
  '\u2028': String.raw`\u2028`,
  '\u2029': String.raw`\u2029`,
};

/** One line and a newline, HTML's letters escaped, as EMCO's encoder writes it. */
export const toJsonLine = (value: unknown): string =>
  `${JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (letter) => escapes[letter] ?? letter)}\n`;

export function sendJson(response: Response, status: number, value: unknown): void {
  sendBytes(response.status(status), 'application/json', Buffer.from(toJsonLine(value)));
}

/** Express would add a character set of its own. */
export function sendBytes(response: Response, contentType: string, bytes: Uint8Array): void {
  response.setHeader('Content-Type', contentType);
  response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

export function sendProblem(request: Request, response: Response, problem: HttpProblem): void {
  response.set(problem.headers);
  response.status(problem.status);
  response.vary('Accept');
  if (problem.status === 405) {
    response.end();
    return;
  }
  if (wantsJsonProblem(request.headers.accept)) {
    const document = toProblemDocument(problem, request.originalUrl.slice(0, 500));
    sendBytes(response, 'application/problem+json', Buffer.from(toJsonLine(document)));
    return;
  }
  sendBytes(response, 'text/plain; charset=utf-8', Buffer.from(`${problem.text}\n`));
}

export interface AnswerPart {
  readonly name: string;
  readonly fileName?: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A multipart answer, closed as it should be (EMCO's is not). */
export function sendMultipart(response: Response, parts: readonly AnswerPart[]): void {
  const boundary = `emco${randomBytes(16).toString('hex')}`;
  const pieces = parts.flatMap((part) => {
    const fileName = part.fileName === undefined ? '' : `; filename="${toQuotable(part.fileName)}"`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${part.name}"${fileName}\r\nContent-Type: ${part.contentType}\r\n\r\n`;
    return [Buffer.from(head), part.bytes, Buffer.from('\r\n')];
  });
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  sendBytes(response.status(200), `multipart/form-data; boundary=${boundary}`, body);
}

const toQuotable = (name: string): string => name.replaceAll(/["\r\n\\]/g, '_');

export const jsonPart = (name: string, value: Json): AnswerPart => ({
  name,
  contentType: 'application/json',
  bytes: Buffer.from(toJsonLine(value)),
});
