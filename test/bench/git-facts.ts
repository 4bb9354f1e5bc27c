/** What a bare repository says about itself. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface GitRun {
  readonly gitDir: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The same settings for the floor as for the product: fast allocation, little compression, no housekeeping. */
const fast: Readonly<Record<string, string>> = {
  MALLOC_TRIM_THRESHOLD_: '1000000000',
  MALLOC_TOP_PAD_: '100000000',
  GIT_CONFIG_COUNT: '4',
  GIT_CONFIG_KEY_0: 'core.compression',
  GIT_CONFIG_VALUE_0: '1',
  GIT_CONFIG_KEY_1: 'pack.window',
  GIT_CONFIG_VALUE_1: '0',
  GIT_CONFIG_KEY_2: 'gc.auto',
  GIT_CONFIG_VALUE_2: '0',
  GIT_CONFIG_KEY_3: 'http.extraHeader',
  GIT_CONFIG_VALUE_3: 'X-Bench: 1',
};

export async function git(run: GitRun, args: readonly string[], input?: Buffer): Promise<Buffer> {
  const env = { ...process.env, ...fast, ...run.env, GIT_DIR: run.gitDir };
  const child = spawn('git', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined); // git may end without reading all
  child.stdin.end(input);
  const code = await ended;
  if (code === 0) return Buffer.concat(out);
  throw new Error(
    `git ${args[0] ?? ''}: expected success, found ${code}: ${Buffer.concat(err).toString().slice(0, 500)}`,
  );
}

export async function gitText(run: GitRun, args: readonly string[]): Promise<string> {
  return (await git(run, args)).toString().trim();
}

export interface BranchFacts {
  readonly head: string;
  readonly commits: number;
  /** Updates of the branch that the server accepted. */
  readonly pushes: number;
}

/** Makes the server note every accepted push. */
export const countPushes = async (gitDir: string): Promise<void> => {
  await git({ gitDir }, ['config', 'core.logAllRefUpdates', 'always']);
};

export async function readBranch(gitDir: string): Promise<BranchFacts> {
  const heads = await gitText({ gitDir }, ['for-each-ref', '--format=%(objectname)', 'refs/heads/main']);
  if (heads === '') return { head: '', commits: 0, pushes: 0 };
  const commits = Number(await gitText({ gitDir }, ['rev-list', '--count', 'refs/heads/main']));
  const log = await readFile(join(gitDir, 'logs', 'refs', 'heads', 'main'), 'utf8').catch(() => '');
  return { head: heads, commits, pushes: log.split('\n').filter((line) => line !== '').length };
}

export interface TreeFile {
  readonly path: string;
  readonly blob: string;
}

/** Files at the newer commit that are not the same at the older one; all of them when there is no older one. */
export async function readChangedFiles(gitDir: string, older: string, newer: string): Promise<readonly TreeFile[]> {
  const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
  const args = ['diff-tree', '-r', '-z', '--no-renames', older === '' ? emptyTree : older, newer];
  const fields = (await git({ gitDir }, args)).toString().split('\0').filter(Boolean);
  const files: TreeFile[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, , , blob = ''] = (fields[at] ?? '').split(' ');
    files.push({ path: fields[at + 1] ?? '', blob });
  }
  return files;
}

/** Contents of blobs by id. */
export async function readBlobs(gitDir: string, blobs: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const distinct = [...new Set(blobs)];
  const found = new Map<string, Buffer>();
  const bytes = await git({ gitDir }, ['cat-file', '--batch'], Buffer.from(`${distinct.join('\n')}\n`));
  let at = 0;
  for (const blob of distinct) {
    const end = bytes.indexOf(10, at);
    const size = Number(bytes.subarray(at, end).toString().split(' ')[2]);
    found.set(blob, bytes.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return found;
}
