/** The member `value` of an answer, within a size and a depth. */
import type { IncomingMessage } from 'node:http';
import { type Json, isJsonObject } from '#domain/json.ts';
import type { LookedUp } from '#domain/ports/url-reader.ts';

const deepest = 64;

export const refuse = (expected: string, found: string): LookedUp => ({
  ok: false,
  isRetryable: false,
  expected,
  found,
});
export const postpone = (expected: string, found: string): LookedUp => ({
  ok: false,
  isRetryable: true,
  expected,
  found,
});

/** The same request may be answered otherwise later. */
const passing = new Set([408, 425, 429]);

export async function readAnswer(response: IncomingMessage, largestBytes: number): Promise<LookedUp> {
  const { statusCode: status = 0 } = response;
  if (status !== 200) {
    response.destroy();
    return (status >= 500 || passing.has(status) ? postpone : refuse)('status 200', String(status));
  }
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    response.destroy();
    return refuse('an answer that is not compressed', 'a compressed one');
  }
  const text = await readText(response, largestBytes);
  return text === null ? refuse(`an answer of at most ${largestBytes} bytes`, 'a longer one') : readValue(text);
}

async function readText(response: IncomingMessage, largestBytes: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > largestBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readValue(text: string): LookedUp {
  const expected = 'a JSON object with a member value';
  const answer = parse(text);
  if (answer === undefined) return refuse(expected, 'no JSON');
  if (!isJsonObject(answer) || !Object.hasOwn(answer, 'value'))
    return refuse(expected, isJsonObject(answer) ? 'an object without it' : 'other JSON');
  const value = answer['value'] ?? null;
  return isDeeper(value, deepest) ? refuse(`a value at most ${deepest} levels deep`, 'more') : { ok: true, value };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const isDeeper = (value: Json, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member: Json) => isDeeper(member, levels - 1)));
