import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const mostHeaderBytes = 65_536;

/** Passes a CGI program's answer on: its header lines first, then the body as it comes. */
export const sendCgiResponse = (output: Readable, response: ServerResponse): Promise<void> =>
  pipeline(output, (chunks: AsyncIterable<Buffer>) => toBody(chunks, response), response);

async function* toBody(chunks: AsyncIterable<Buffer>, response: ServerResponse): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const { end, length } = findHeaderEnd(head);
    if (end < 0 && head.length > mostHeaderBytes) throw new Error('expected the end of the CGI header, found none');
    if (end < 0) continue;
    startResponse(head.toString('latin1', 0, end), response);
    yield head.subarray(end + length);
    head = null;
  }
  if (head !== null) throw new Error('expected a CGI header, found the end of the answer');
}

function findHeaderEnd(head: Buffer): { end: number; length: number } {
  const end = head.indexOf('\r\n\r\n');
  return end >= 0 ? { end, length: 4 } : { end: head.indexOf('\n\n'), length: 2 };
}

function startResponse(head: string, response: ServerResponse): void {
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
    else if (colon > 0) response.setHeader(name, value);
  }
  response.flushHeaders();
}
