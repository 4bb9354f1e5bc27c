import type { ChildProcessWithoutNullStreams } from 'node:child_process';

import { GitError } from './git-error.ts';
import type { GitProcess } from './git-process.ts';

export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly content: Buffer;
}

interface Waiting {
  readonly resolve: (object: GitObject | null) => void;
  readonly reject: (error: GitError) => void;
}

/** Reads objects through one `git cat-file --batch`, started by the first question; as many questions at a time as the caller likes. */
export class ObjectReader {
  private readonly git: GitProcess;
  private child: ChildProcessWithoutNullStreams | null = null;
  private readonly waiting: Waiting[] = [];
  private chunks: Buffer[] = [];
  private length = 0;
  private needed = 1;
  private ended: GitError | null = null;
  private said = '';

  constructor(git: GitProcess) {
    this.git = git;
  }

  /** Null when the repository has no such object. `revision` is an id, `<commit>^{tree}` or the like, without line feed. */
  read(revision: string): Promise<GitObject | null> {
    if (this.ended !== null) return Promise.reject(this.ended);
    const { promise, resolve, reject } = Promise.withResolvers<GitObject | null>();
    this.waiting.push({ resolve, reject });
    this.child ??= this.start();
    this.child.stdin.write(`${revision}\n`);
    return promise;
  }

  [Symbol.dispose](): void {
    this.ended ??= new GitError('mirror-broken', 'reader closed');
    this.child?.stdin.end();
    this.child?.kill('SIGKILL');
  }

  private start(): ChildProcessWithoutNullStreams {
    const child = this.git.start(['cat-file', '--batch']);
    child.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    child.stderr.on('data', (chunk: Buffer) => (this.said += chunk.toString('utf8').slice(0, 2_000)));
    child.stdin.on('error', () => undefined); // its end is seen by 'close'
    child.once('error', (error) => this.fail(error.message));
    child.once('close', () => this.fail(this.said));
    return child;
  }

  private fail(message: string): void {
    this.ended ??= new GitError('mirror-broken', `cat-file: ${message}`);
    for (const { reject } of this.waiting.splice(0)) reject(this.ended);
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length < this.needed) return;
    let rest = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    for (let used = this.answer(rest); used > 0; used = this.answer(rest)) rest = rest.subarray(used);
    this.chunks = rest.length === 0 ? [] : [rest];
    this.length = rest.length;
  }

  /** Answers the oldest question when its answer is complete; gives the bytes used, 0 when more must come. */
  private answer(rest: Buffer): number {
    const lineEnd = rest.indexOf(10);
    this.needed = rest.length + 1;
    if (lineEnd < 0) return 0;
    const header = rest.toString('utf8', 0, lineEnd);
    const [, id, type, size] = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(header) ?? [];
    if (id === undefined || type === undefined) {
      this.waiting.shift()?.resolve(null);
      return lineEnd + 1;
    }
    const end = lineEnd + 1 + Number(size);
    if (rest.length <= end) {
      this.needed = end + 1;
      return 0;
    }
    this.waiting.shift()?.resolve({ id, type, content: rest.subarray(lineEnd + 1, end) });
    return end + 1;
  }
}
