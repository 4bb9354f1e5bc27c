import { once } from 'node:events';
import type { Writable } from 'node:stream';

import { GitError } from './git-error.ts';
import type { GitProcess } from './git-process.ts';
import type { Command } from './plan-change.ts';

export interface NewCommit {
  readonly subject: string;
  readonly trailers: readonly string[];
  readonly commands: readonly Command[];
}

export interface ImportRequest {
  readonly ref: string;
  /** Null: the first commit has no parent. */
  readonly parent: string | null;
  readonly commits: readonly NewCommit[];
  readonly author: { readonly name: string; readonly email: string };
  readonly time: Date;
  readonly signal: AbortSignal;
}

export interface WrittenCommit {
  readonly commit: string;
  readonly tree: string;
}

const chunkBytes = 262_144;

/** Makes all commits in one stream, each the parent of the next. Nothing happens unless the stream is complete. */
export async function importCommits(git: GitProcess, request: ImportRequest): Promise<readonly WrittenCommit[]> {
  const child = git.start(['fast-import', '--quiet', '--force', '--done', '--depth=0', '--date-format=raw']);
  const stop = (): void => void child.kill('SIGKILL');
  request.signal.addEventListener('abort', stop);
  let said = '';
  let answer = '';
  child.stdin.on('error', () => undefined); // its reason is seen by 'close'
  child.stdout.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8').slice(0, 2_000)));
  const closed = once(child, 'close').catch((error: Error) => {
    throw new GitError('mirror-broken', `fast-import: ${error.message}`);
  });
  closed.catch(() => undefined); // whoever waits for it learns of it
  try {
    for (const chunk of toChunks(toStream(request))) {
      if (!child.stdin.write(chunk)) await Promise.race([onceDrained(child.stdin), closed]);
    }
    child.stdin.end();
    const [exitCode] = await closed;
    if (request.signal.aborted) throw new GitError('unreachable', 'stopped while building commits');
    if (exitCode !== 0) throw new GitError('mirror-broken', `fast-import: ${said}`);
    return toWritten(answer, request.commits.length);
  } finally {
    request.signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Also when the program is gone: its end says why. */
const onceDrained = (stream: Writable): Promise<unknown> => once(stream, 'drain').catch(() => undefined);

/** The lines of `get-mark` and `ls`: a commit id, then `040000 tree <id>`, for each commit. */
function toWritten(answer: string, expected: number): readonly WrittenCommit[] {
  const found = [...answer.matchAll(/^([0-9a-f]{40})\n040000 tree ([0-9a-f]{40})/gm)];
  if (found.length !== expected) {
    throw new GitError('mirror-broken', `fast-import: expected ${expected} commits, found ${found.length}`);
  }
  return found.map(([, commit = '', tree = '']) => ({ commit, tree }));
}

function* toStream(request: ImportRequest): Generator<string> {
  const written = new Set<string>();
  yield `reset ${request.ref}\n`;
  if (request.parent !== null) yield `from ${request.parent}\n\n`;
  for (const [at, commit] of request.commits.entries()) {
    yield `commit ${request.ref}\nmark :${at + 1}\n`;
    yield `${toIdentity(request)}${toText(toMessage(commit))}`;
    for (const command of commit.commands) yield toLine(command, written);
    yield `\nget-mark :${at + 1}\nls :${at + 1} ""\n`;
  }
  yield 'done\n';
}

function toIdentity({ author, time }: ImportRequest): string {
  const who = `${author.name} <${author.email}> ${Math.floor(time.getTime() / 1000)} +0000`;
  return `author ${who}\ncommitter ${who}\n`;
}

const toMessage = ({ subject, trailers }: NewCommit): string => `${subject}\n\n${trailers.join('\n')}\n`;

/** Bytes of a file are sent once; Git knows them by their id from then on. */
function toLine(command: Command, written: Set<string>): string {
  switch (command.op) {
    case 'remove':
      return `D ${quote(command.path)}\n`;
    case 'tree':
      return `M 040000 ${command.id} ${quote(command.path)}\n`;
    case 'copy':
      return `C ${quote(command.from)} ${quote(command.path)}\n`;
    case 'blob':
      if (written.has(command.id)) return `M 100644 ${command.id} ${quote(command.path)}\n`;
      written.add(command.id);
      return `M 100644 inline ${quote(command.path)}\n${toText(command.text)}`;
  }
}

const toText = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

/** Git's C quoting; control characters were refused before. */
const quote = (path: string): string => `"${path.replace(/["\\]/g, '\\$&')}"`;

function* toChunks(pieces: Iterable<string>): Generator<string> {
  let held = '';
  for (const piece of pieces) {
    held += piece;
    if (held.length < chunkBytes) continue;
    yield held;
    held = '';
  }
  if (held !== '') yield held;
}
