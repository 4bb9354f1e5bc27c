import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findCommandLine } from '#lab/process/command-line.ts';
import { findFreePorts, startProgram, waitUntil } from '#lab/process/index.ts';
import type { ProgramSpec } from '#lab/process/index.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emco-process-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function shell(script: string, more: Partial<ProgramSpec> = {}): ProgramSpec {
  return { name: 'sample', file: 'sh', args: ['-c', script], logFile: join(folder, 'sample.log'), ...more };
}

async function isAlive(pid: number): Promise<boolean> {
  return (await findCommandLine(pid)) !== undefined;
}

function readLog(): Promise<string> {
  return readFile(join(folder, 'sample.log'), 'utf8');
}

const isServing = async (): Promise<boolean> => (await readLog()).includes('serving');

describe('starting a program', () => {
  it('returns when the probe says that it is ready, under the pid of the program itself', async () => {
    const program = await startProgram(shell('echo serving $$; exec sleep 60', { isReady: isServing }));
    expect(await readLog()).toBe(`serving ${program.pid}\n`);
    await program.stop();
  });

  it('says how it ended and what it logged when it ends before it is ready', async () => {
    const spec = shell('echo cannot open the door >&2; exit 3', { isReady: isServing });
    await expect(startProgram(spec)).rejects.toThrow(
      /sample: ended with 3 before it was ready[^]*cannot open the door/,
    );
  });

  it('stops it and shows its log when it is not ready in time', async () => {
    const spec = shell('echo pid $$; exec sleep 60', { isReady: async () => false, readyTimeoutMs: 300 });
    await expect(startProgram(spec)).rejects.toThrow(/sample: expected it to be ready within 0.3 s[^]*pid \d+/);
    const pid = Number((await readLog()).trim().split(' ')[1]);
    expect(await isAlive(pid)).toBe(false);
  });

  it('rejects with the reason when the folder to run in is missing', async () => {
    await expect(startProgram(shell('true', { cwd: join(folder, 'nowhere') }))).rejects.toThrow(/ENOENT/);
  });
});

describe('stopping a program', () => {
  it('ends also what the program started', async () => {
    const program = await startProgram(shell('sleep 60 & echo serving $!; wait', { isReady: isServing }));
    const grandchild = Number((await readLog()).trim().split(' ')[1]);
    await program.stop();
    await waitUntil(async () => !(await isAlive(grandchild)), {
      timeoutMs: 5_000,
      expected: 'the grandchild to be gone',
    });
  });

  it('kills a program that does not listen, after its grace', async () => {
    const deaf = 'trap "" TERM; echo serving; while :; do sleep 0.05; done';
    const program = await startProgram(shell(deaf, { isReady: isServing, stopGraceMs: 200 }));
    await program.stop();
    expect(await program.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });

  it('may be asked twice, and after the program has ended by itself', async () => {
    const program = await startProgram(shell('exit 0'));
    await program.exited;
    await program.stop();
    await program.stop();
  });
});

it('a program does not outlive a parent that is killed without warning', async () => {
  // given a parent that has started a program
  const module = join(import.meta.dirname, 'process-parent.ts');
  const parent = spawn(process.execPath, [module, join(folder, 'sample.log')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  parent.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const pid = await waitUntil(async () => Number(said) || undefined, {
    timeoutMs: 20_000,
    expected: 'the program to start',
  });
  expect(await isAlive(pid)).toBe(true);
  // when the parent is killed
  parent.kill('SIGKILL');
  // then the program ends
  await waitUntil(async () => !(await isAlive(pid)), { timeoutMs: 10_000, expected: 'the program to be gone' });
});

describe('a pid file', () => {
  it('lets a new start end the survivor of an earlier run first', async () => {
    const spec = shell('echo serving; exec sleep 60', { file: '/bin/sh', pidFile: join(folder, 'sample.pid') });
    const survivor = await startProgram({ ...spec, args: ['-c', 'trap "" TERM; while :; do sleep 0.05; done'] });
    const next = await startProgram({ ...spec, isReady: isServing });
    expect(await survivor.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
    await next.stop();
  });

  it('leaves alone a process that has got the same pid but is another program', async () => {
    const pidFile = join(folder, 'sample.pid');
    await writeFile(pidFile, String(process.pid));
    const program = await startProgram(shell('exit 0', { pidFile }));
    await program.exited;
    await program.stop();
    expect(await readFile(pidFile, 'utf8')).toBe(String(program.pid));
  });
});

it('free ports are distinct and can be listened on', async () => {
  const ports = await findFreePorts(20);
  expect(new Set(ports).size).toBe(20);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer().once('error', reject);
  server.listen(ports[0], '127.0.0.1', () => server.close(() => resolve()));
  await promise;
});
