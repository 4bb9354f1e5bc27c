import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import type { GroupKey } from '#domain/group.ts';
import type { Bundle } from '#domain/manifest.ts';
import type { ChangeSet } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { GitBatch, GitChange, GitRepository } from '#domain/ports/plugins.ts';
import { startGitServer } from '#lab/git-server/index.ts';
import { makeGitDeployer } from '#plugins/deployer/git/index.ts';
import type { ClosableGitDeployer, GitDeployerDeps } from '#plugins/deployer/git/index.ts';

const run = promisify(execFile);

export const token = 's3cr3t-token-of-the-tests';
export const gid = '1234567890123456789';

export const toAddress = (text: string): BlobAddress => createHash('sha256').update(text).digest('hex') as BlobAddress; // a test's address

/** A folder, a Git server over HTTP with one repository, and what cleans up after them. */
export interface Bench {
  readonly folder: string;
  readonly repo: GitRepository;
  readonly bare: string;
  deployer(options?: Partial<GitDeployerDeps>): ClosableGitDeployer;
  /** Runs git on the server's repository. */
  git(...args: string[]): Promise<string>;
  /** A commit by somebody else, pushed; gives its id. */
  humanPush(files: Readonly<Record<string, string | null>>, subject?: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'emco-git-'));
  const server = await startGitServer({ folder: join(folder, 'server'), port: 0, token });
  const repo = {
    url: await server.createRepository('fleet'),
    branch: 'main',
    credentials: { userName: 'emco', token },
  };
  const bare = join(folder, 'server', 'fleet.git');
  const deployers: ClosableGitDeployer[] = [];
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['-C', bare, ...args], { maxBuffer: 1e8 })).stdout.trim();
  return {
    folder,
    repo,
    bare,
    git,
    deployer: (options = {}) => {
      const deployer = makeGitDeployer({ ...toDeps(folder), ...options });
      deployers.push(deployer);
      return deployer;
    },
    humanPush: (files, subject = 'By hand') => humanPush(folder, bare, { files, subject }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(deployers.map((one) => one.close()));
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const toDeps = (folder: string): GitDeployerDeps => ({
  cacheFolder: join(folder, 'cache'),
  environment: process.env,
  clock: () => new Date(),
  random: Math.random,
  allowFile: true,
});

async function humanPush(
  folder: string,
  bare: string,
  { files, subject }: { files: Readonly<Record<string, string | null>>; subject: string },
): Promise<string> {
  const work = await mkdtemp(join(folder, 'human-'));
  const git = async (...args: string[]): Promise<string> =>
    (
      await run('git', ['-C', work, '-c', 'user.name=Human', '-c', 'user.email=human@example.org', ...args])
    ).stdout.trim();
  await git('init', '--quiet', '-b', 'main');
  await git('remote', 'add', 'origin', bare);
  for (;;) {
    await git('fetch', '--quiet', 'origin');
    await git('reset', '--quiet', '--hard', 'origin/main').catch(() => '');
    for (const [path, text] of Object.entries(files)) {
      if (text === null) await git('rm', '--quiet', path);
      else {
        await mkdir(dirname(join(work, path)), { recursive: true });
        await writeFile(join(work, path), text);
      }
    }
    await git('add', '-A');
    await git('commit', '--quiet', '--allow-empty', '-m', subject);
    try {
      await git('push', '--quiet', 'origin', 'HEAD:main');
      break;
    } catch {
      // somebody was faster
    }
  }
  const commit = await git('rev-parse', 'HEAD');
  await rm(work, { recursive: true, force: true });
  return commit;
}

/** A bundle whose main part has these files. */
function toBundle(files: Readonly<Record<string, string>>): Bundle {
  const identity = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'x' };
  return { crds: [], hooks: [], main: Object.entries(files).map(([path, text]) => ({ path, text, identity })) };
}

const bundles = new Map<BlobAddress, Bundle>();

export function addBundle(files: Readonly<Record<string, string>>): BlobAddress {
  const address = toAddress(JSON.stringify(files));
  bundles.set(address, toBundle(files));
  return address;
}

let changes = 0;

export function toChange(parts: Partial<ChangeSet>): GitChange {
  changes += 1;
  const change: ChangeSet = {
    group: '/projects/p/composite-apps/ca/v1/deployment-intent-groups/g' as GroupKey, // a test's key
    gid,
    operationId: `op-${changes}`,
    operation: changes,
    tick: 1,
    revision: 1,
    wave: 0,
    plan: toAddress('plan'),
    url: '',
    branch: 'main',
    subject: `Instantiate p/ca/v1/g revision 1 wave 1 (${changes})`,
    folders: [],
    files: [],
    moves: [],
    ...parts,
  };
  const digest = toAddress(JSON.stringify({ ...change, changes }));
  return { digest, change, trailers: [`Emco-Group: p/ca/v1/g`, `Emco-Change: ${digest}`] };
}

export const toBatch = (repo: GitRepository, all: readonly GitChange[], knownHead: string | null = null): GitBatch => ({
  ...repo,
  knownHead,
  changes: all,
  loadParts: async (addresses) =>
    new Map(
      addresses.flatMap((one) => {
        const found = bundles.get(one);
        return found === undefined ? [] : [[one, found] as const];
      }),
    ),
  heartbeat: () => undefined,
});
