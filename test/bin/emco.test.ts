import { startRecordingServer } from '#test/cli/recording-server.ts';
import type { RecordingServer } from '#test/cli/recording-server.ts';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const EMCO = join(import.meta.dirname, '..', '..', 'bin', 'emco.js');

const start = (args: readonly string[], server: string): ChildProcess =>
  spawn(process.execPath, [EMCO, ...args], {
    env: { ...process.env, EMCO_URL: server },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** A group whose operation never ends; tells when it has been asked for the first time. */
async function startEndlessGroup(): Promise<{ readonly server: RecordingServer; readonly asked: Promise<void> }> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = await startRecordingServer(({ path }) => {
    resolve();
    const operation = { id: 'x', number: 1, kind: 'update', state: 'accepted', revision: 1 };
    return { status: 200, json: path.endsWith('/operations') ? [operation] : { states: { actions: [] } } };
  });
  return { server, asked };
}

/** Ids of processes whose command line holds a text (Linux). */
async function findProcesses(text: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids.filter((_, index) => lines[index]?.includes(text));
}

test('the exit code is the command’s, whatever Node runs the starter', async () => {
  const child = start(['wait', 'not-a-group'], 'http://127.0.0.1:1');
  expect(await once(child, 'exit')).toEqual([2, null]);
});

test.skipIf(process.platform !== 'linux' /* looks into /proc */).each(['SIGTERM', 'SIGKILL'] as const)(
  '%s to the starter ends the command too',
  async (signal) => {
    const { server, asked } = await startEndlessGroup();
    await using _ = server;
    const child = start(['wait', 'p/ca/v1/g'], server.url);
    const exited = once(child, 'exit');
    await asked;
    child.kill(signal);
    expect(await exited).toEqual([null, signal]);
    await expect.poll(() => findProcesses(`main.ts\0wait\0p/ca/v1/g`), { timeout: 10_000 }).toEqual([]);
  },
);
