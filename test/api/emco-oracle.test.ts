/** Replays what a running EMCO was asked and compares the answers; every deviation is listed with its reason. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, call, textOf } from '#test/support/api-client.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';
import { deviations } from './oracle-deviations.ts';
import { makeUploads, type Upload } from './oracle-uploads.ts';

const recording = '/work/shared/data/emco-observed/errors.jsonl';

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
  readonly status: number;
  readonly responseType?: string | null;
  readonly response?: unknown;
}

interface Finding {
  readonly line: number;
  readonly what: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** Ids and times differ from run to run. */
const steady = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? null)
      .replaceAll(/"time":"[^"]*"/g, '"time":"T"')
      .replaceAll(/"(instance|statusctxid)":"\d+"/g, '"$1":"ID"'),
  );

/** The order of EMCO's findings about one body is that of a Go map. */
const sortedLines = (text: string): string => text.split('\n').sort().join('\n');

/** Bodies that the recording has lost: empty objects, `null` and a JSON string. */
const lostBodies: ReadonlyMap<number, string> = new Map([
  [6, '{}'],
  [10, '"str"'],
  [11, 'null'],
  [79, '{}'],
]);

function toCall(recorded: Recorded, uploads: ReadonlyMap<number, Upload>, line: number): Call {
  const { method, path, accept, contentType, body } = recorded;
  const headers: Record<string, string> = accept === undefined ? {} : { Accept: accept };
  const upload = uploads.get(line);
  const lost = lostBodies.get(line);
  if (lost !== undefined) return { method, path, headers, text: lost };
  if (upload !== undefined) return { method, path, headers, ...upload };
  if (body === undefined) return { method, path, headers };
  if (contentType !== undefined) headers['Content-Type'] = contentType;
  // What is no JSON was recorded as the text itself.
  return { method, path, headers, text: typeof body === 'string' ? body : JSON.stringify(body) };
}

describe.skipIf(!existsSync(recording))("EMCO's own answers (skipped where the recording is absent)", () => {
  let database: TestStore;
  let api: TestApi;

  beforeAll(async () => {
    database = await startTestStore();
    api = await startTestApi(database.store);
  });
  afterAll(async () => {
    await api?.stop();
    await database?.stop();
  });

  it('are given again, but for the listed deviations', async () => {
    const uploads = await makeUploads();
    const lines = readFileSync(recording, 'utf8').trimEnd().split('\n');
    const findings: Finding[] = [];
    for (const [line, row] of lines.entries()) {
      const recorded: Recorded = JSON.parse(row);
      if (recorded.method === undefined) continue;
      const answer = await call(api.url, toCall(recorded, uploads, line));
      const expected = deviations.get(line);
      const status = expected?.status ?? recorded.status;
      if (answer.status !== status) {
        findings.push({
          line,
          what: `${recorded.method} ${recorded.path}: status`,
          expected: status,
          found: `${answer.status} ${answer.text}`,
        });
        continue;
      }
      if (expected?.text === 'other' || recorded.path === '/metrics') continue;
      const wanted = expected?.text ?? recorded.response ?? (recorded.responseType === 'application/json' ? null : '');
      const isProblem = answer.type.startsWith('application/problem+json');
      const isText = typeof wanted === 'string';
      const text = isProblem ? `${textOf(answer, 'title')}\n` : answer.text;
      const found = isText ? sortedLines(text) : steady(answer.json());
      const same = isText ? sortedLines(wanted) : steady(wanted);
      if (JSON.stringify(found) !== JSON.stringify(same)) {
        findings.push({ line, what: `${recorded.method} ${recorded.path}: body`, expected: same, found });
      }
    }
    expect(findings).toEqual([]);
  });
});
