/** The stage of the walk-through: two clusters, emco as a user starts it, a copy of the example with packed charts. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabCluster } from '#lab/cluster.ts';
import { packExample } from '#lab/demo/pack.ts';
import { startFleet } from '#lab/fleet.ts';
import { bootstrapAll } from '#test/e2e/main-job/world.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { openGitReader } from '#test/support/git-reader.ts';

export interface World {
  readonly emco: Emco;
  /** `cluster1`, which emco applies to, and `cluster2`, where Flux does. */
  readonly clusters: readonly LabCluster[];
  /** The copy of the example: where its commands run. */
  readonly example: string;
  readonly stop: () => Promise<void>;
}

export const exampleFolder = join(import.meta.dirname, '../../../docs/examples/gac');

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'emco-gac-'));
  const emco = await startEmco(folder);
  const flux = ['provider1+cluster2'];
  const fleet = await startFleet({ clusters: ['provider1+cluster1', ...flux], flux });
  const git = await openGitReader({ url: emco.git, token: emco.gitToken });
  const reader = fleet.clusters.filter(({ name }) => flux.includes(name));
  await bootstrapAll(emco, git, reader);
  const example = join(folder, 'example');
  await cp(exampleFolder, example, { recursive: true });
  await packExample(example, join(example, 'packed'));
  await writeFile(join(example, 'values.yaml'), JSON.stringify(toValues(emco, fleet.clusters)), { mode: 0o600 });
  return {
    emco,
    clusters: fleet.clusters,
    example,
    stop: async () => {
      await Promise.all([emco.stop(), git.close()]);
      await fleet.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const toValues = (emco: Emco, [first, second]: readonly LabCluster[]): object => ({
  GitUrl: emco.git,
  GitBranch: 'main',
  GitUser: emco.gitUser,
  GitToken: emco.gitToken,
  KubeconfigCluster1: first?.kubeconfigFile,
  KubeconfigCluster2: second?.kubeconfigFile,
});
