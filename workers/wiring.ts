/** The only importer of plugins: makes everything that activities and API are given. */
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { type ActivityDeps, makeLastMade } from '#activities/index.ts';
import { Failure, orThrow } from '#domain/failure.ts';
import type { Sha256 } from '#domain/names.ts';
import type { Archives } from '#domain/ports/archives.ts';
import type { GitopsProvider } from '#domain/ports/plugins.ts';
import type { Store } from '#domain/ports/store.ts';
import { makeGac } from '#plugins/action/gac/index.ts';
import { connectApiServer } from '#plugins/api-server/kubernetes/index.ts';
import { makeTarArchives } from '#plugins/archive/tar/index.ts';
import { makeUserCertificates } from '#plugins/certificate/kubernetes/index.ts';
import { makeGitDeployer, toBlobId, toTreeId } from '#plugins/deployer/git/index.ts';
import { makeClusterDeployer } from '#plugins/deployer/kubernetes/index.ts';
import { makeFluxProvider } from '#plugins/gitops/flux/index.ts';
import { makeUrlReader } from '#plugins/look-up/http/index.ts';
import { makeHealthExpressions } from '#plugins/health/cel/index.ts';
import { makeHelmRenderer, readHelmVersion } from '#plugins/render/helm/index.ts';
import { makeClusterWatcher } from '#plugins/status/kubernetes/index.ts';
import { makeYamlWriter, parseYamlDocuments, toYaml } from '#plugins/yaml/index.ts';
import type { LookUpConfig } from './config.ts';
import { makeMessenger } from './messenger.ts';
import { rememberBlobs } from './remember-blobs.ts';

export const sha256: Sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** Enough for what one operation on a thousand clusters hands from step to step. */
const blobMemory = { bytes: 96_000_000, ageMs: 600_000 };

/** Of one look-up in a patch value. */
const lookUpLimits = { timeoutMs: 10_000, largestBytes: 64 * 1024 };

export interface WiringOptions {
  readonly store: Store;
  readonly client: Client;
  readonly log: Logger;
  /** Path of the helm binary. */
  readonly helm: string;
  readonly cacheFolder: string;
  readonly watchShards: number;
  readonly branchPollMs: number;
  readonly lookUps: Pick<LookUpConfig, 'allow'> & Pick<ActivityDeps['lookUps'], 'own'>;
  /** Where controllers of one's own reach the API; null when nobody said. */
  readonly apiUrl: Promise<string | null>;
  readonly hookTimeoutMs: number;
  /** Of the process: programs that are started get PATH and proxy settings of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Wired {
  readonly deps: ActivityDeps;
  close(): Promise<void>;
}

export async function wireActivities(options: WiringOptions): Promise<Wired> {
  const { store, client, log, cacheFolder, environment } = options;
  const now = (): number => Date.now();
  const gitops: readonly GitopsProvider[] = [makeFluxProvider({ sha256, toYaml })];
  const git = makeGitDeployer({
    cacheFolder: `${cacheFolder}/git`,
    environment,
    clock: () => new Date(),
    random: Math.random,
  });
  const renderer = makeHelmRenderer({
    helm: options.helm,
    version: await readHelmVersion(options.helm),
    archives: makeArchives(),
    parseYaml: parseYamlDocuments,
  });
  const deps: ActivityDeps = {
    store: { ...store, blobs: rememberBlobs(store.blobs, { ...blobMemory, now }) },
    renderer,
    customiser: makeGac({ parseYaml: parseYamlDocuments }),
    lookUps: {
      reader: makeUrlReader({ allow: options.lookUps.allow, ...lookUpLimits }),
      own: options.lookUps.own,
      read: makeLastMade(20),
    },
    gitops,
    git,
    deployer: makeClusterDeployer({ connect: connectApiServer, sha256, waitMs: 120_000 }),
    watcher: makeClusterWatcher({
      connect: connectApiServer,
      sha256,
      findAgentObject: (query) => findAgentObject(gitops, query),
      judgeBy: makeHealthExpressions().judge,
      now,
      random: Math.random,
      warn: (event, fields) => log.warn(fields, event),
    }),
    messenger: makeMessenger({ client, facts: store.facts, sha256, shards: options.watchShards, now }),
    certificates: makeUserCertificates({ connect: connectApiServer, waitMs: 60_000 }),
    parseYaml: parseYamlDocuments,
    toYaml: makeYamlWriter(),
    fromYaml: (text) => orThrow(parseYamlDocuments(text, { object: 'a manifest of a bundle' }))[0] ?? null,
    toTreeId,
    toBlobId,
    sha256,
    now,
    branchPollMs: options.branchPollMs,
    hookTimeoutMs: options.hookTimeoutMs,
    bundled: makeLastMade(200),
    viewed: makeLastMade(8),
    apiUrl: async () => (await options.apiUrl) ?? refuseWithoutApi(),
    log,
  };
  return { deps, close: () => git.close() };
}

function refuseWithoutApi(): never {
  const object = 'worker that calls a controller';
  const expected = "EMCO_API_URL, the API's address for controllers, such as https://emco.example.org";
  throw new Failure('tool-missing', [{ object, expected, found: 'none' }]);
}

export const makeArchives = (): Archives => makeTarArchives();

export { makeHealthExpressions, parseYamlDocuments };
export {
  loadKeyFile,
  loadOrCreateKeyFile,
  makeInstance,
  openStore,
  type PostgresStore,
} from '#plugins/store/postgres/index.ts';

type WatcherDeps = Parameters<typeof makeClusterWatcher>[0];

/** The object that a provider wrote for an app, and the folder that it shall point to. */
function findAgentObject(
  gitops: readonly GitopsProvider[],
  { provider, cluster, gid, app, part }: Parameters<WatcherDeps['findAgentObject']>[0],
): ReturnType<WatcherDeps['findAgentObject']> {
  const plugin = gitops.find((candidate) => candidate.name === provider);
  if (plugin === undefined) return null;
  return { ...plugin.agentObject(gid, app, part), folder: plugin.folder({ gid, cluster, app, part }) };
}
