/** Reads `multipart/form-data`: one part `metadata` and files, each within its limit. */
import busboy from 'busboy';
import type { Request } from 'express';
import { emcoTexts, HttpProblem } from './problem.ts';
import { largestJsonBytes, refuseEncoding, tooLarge } from './read-body.ts';

export interface UploadLimits {
  /** Name of the part that carries files: `file` or `files`. */
  readonly part: string;
  readonly fileBytes: number;
  readonly files: number;
}

export interface UploadedFile {
  readonly part: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface MultipartBody {
  /** Text of the part `metadata`, empty when there is none. */
  readonly metadata: string;
  readonly files: readonly UploadedFile[];
}

/** @throws HttpProblem 422 for anything but well-formed multipart, 413 past a limit */
export function readMultipart(request: Request, limits: UploadLimits): Promise<MultipartBody> {
  refuseEncoding(request);
  const parser = makeParser(request, limits);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      request.unpipe(parser);
      parser.destroy();
      reject(error instanceof HttpProblem ? error : malformed(error));
    };
    const collected = makeCollector(limits, fail);
    parser.on('field', (name, value, detail) => {
      if (name !== 'metadata') return;
      if (detail.valueTruncated) fail(tooLarge('part metadata', largestJsonBytes));
      else collected.setMetadata(value);
    });
    parser.on('file', (name, stream, detail) => collected.addFile(name, stream, detail));
    parser.on('partsLimit', () => fail(tooMany(limits.files + 8)));
    parser.on('filesLimit', () => fail(tooMany(limits.files)));
    parser.on('error', fail);
    parser.on('close', () => resolve(collected.body()));
    request.on('aborted', () => fail(new Error('the request was cut off')));
    request.pipe(parser);
  });
}

function makeParser(request: Request, limits: UploadLimits): busboy.Busboy {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) throw notMultipart();
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: {
        fieldNameSize: 200,
        fieldSize: largestJsonBytes,
        fields: 8,
        // One more than allowed, so that going past the limit is seen and not cut off in silence.
        fileSize: Math.max(limits.fileBytes, largestJsonBytes) + 1,
        files: limits.files + 1,
        parts: limits.files + 9,
      },
    });
  } catch (error) {
    throw malformed(error);
  }
}

interface FileDetail {
  readonly filename?: string | undefined;
  readonly mimeType: string;
}

function makeCollector(limits: UploadLimits, fail: (error: unknown) => void) {
  let metadata: string | null = null;
  const files: UploadedFile[] = [];
  const setMetadata = (text: string): void => {
    if (metadata === null) metadata = text;
    else fail(twice('metadata'));
  };
  const addFile = (part: string, stream: NodeJS.ReadableStream, detail: FileDetail): void => {
    const chunks: Buffer[] = [];
    let size = 0;
    const most = part === 'metadata' ? largestJsonBytes : limits.fileBytes;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) fail(tooLarge(`part ${part}`, most));
      else if (part === limits.part || part === 'metadata') chunks.push(chunk);
    });
    stream.on('end', () => {
      const bytes = Buffer.concat(chunks);
      if (part === 'metadata') setMetadata(bytes.toString('utf8'));
      if (part !== limits.part) return;
      if (files.length >= limits.files) fail(limits.files === 1 ? twice(part) : tooMany(limits.files));
      else files.push({ part, fileName: detail.filename ?? '', contentType: detail.mimeType, bytes });
    });
    stream.on('error', fail);
  };
  return { setMetadata, addFile, body: (): MultipartBody => ({ metadata: metadata ?? '', files }) };
}

const notMultipart = (): HttpProblem =>
  new HttpProblem({
    status: 422,
    code: 'document-undecodable',
    text: emcoTexts.notMultipart,
    problems: [
      { object: 'body', expected: 'multipart/form-data with parts metadata and file', found: 'something else' },
    ],
  });

const malformed = (error: unknown): HttpProblem => {
  const found = error instanceof Error ? error.message : 'something else';
  return new HttpProblem({
    status: 422,
    code: 'document-undecodable',
    text: `multipart: ${found}`,
    problems: [{ object: 'body', expected: 'well-formed multipart/form-data', found }],
  });
};

const twice = (part: string): HttpProblem =>
  new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: `Part ${part} occurs twice`,
    problems: [{ object: 'body', expected: `one part ${part}`, found: 'two' }],
  });

const tooMany = (most: number): HttpProblem =>
  new HttpProblem({
    status: 413,
    code: 'document-too-large',
    text: 'Too many parts',
    problems: [{ object: 'body', expected: `at most ${most} parts`, found: 'more' }],
  });
