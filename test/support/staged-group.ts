/** One group of one app on two Git clusters, driven through a whole emco: the stage on which EMCO's bugs are tried. */
import { expect } from 'vitest';
import { memberOf, textOf } from './api-client.ts';
import { type Emco, startEmco } from './emco.ts';
import { type GitReader, openGitReader } from './git-reader.ts';
import { driveGroup, type GroupDriver } from './group-driver.ts';
import { type AppSeed, makeAppChart, seedCloud, seedFleet, seedGroup } from './seed.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const clusters = ['c1', 'c2'];

export interface Stage {
  readonly emco: Emco;
  readonly git: GitReader;
  readonly stop: () => Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const folder = await makeTemporaryFolder();
  const emco = await startEmco(folder.path);
  const repository = { url: emco.git, user: emco.gitUser, token: emco.gitToken };
  await seedFleet(emco.call, { provider: 'edge', clusters, repository });
  const git = await openGitReader({ url: emco.git, token: emco.gitToken });
  const stop = async (): Promise<void> => {
    await git.close();
    await emco.killAll();
    await folder[Symbol.asyncDispose]();
  };
  return { emco, git, stop };
}

export class StagedGroup {
  readonly project: string;
  readonly group: GroupDriver;

  readonly #stage: Stage;

  private constructor(stage: Stage, project: string) {
    this.#stage = stage;
    this.project = project;
    this.group = driveGroup(stage.emco, { project, compositeApp: 'ca', version: 'v1', group: 'g' });
  }

  /** Approved; `web` stands on both clusters when it is instantiated. */
  static async of(stage: Stage, project: string, apps?: readonly AppSeed[]): Promise<StagedGroup> {
    await seedCloud(stage.emco.call, { project, cloud: 'lc', provider: 'edge', clusters });
    const seed = { project, compositeApp: 'ca', version: 'v1', group: 'g', provider: 'edge', cloud: 'lc' };
    const own = apps ?? [{ name: 'web', chart: await makeAppChart('web', { values: { text: 'one' } }) }];
    await seedGroup(stage.emco.call, { ...seed, release: project, apps: own });
    const made = new StagedGroup(stage, project);
    await made.group.verb('approve');
    return made;
  }

  async chart(app: string, chart: Uint8Array): Promise<void> {
    const path = `/v2/projects/${this.project}/composite-apps/ca/v1/apps/${app}`;
    const files = [['file', `${app}.tgz`, chart]] as const;
    expect((await this.#stage.emco.call.put(path, { metadata: { metadata: { name: app } }, files })).status).toBe(201);
  }

  async text(text: string): Promise<void> {
    await this.chart('web', await makeAppChart('web', { values: { text } }));
  }

  async place(intent: object): Promise<void> {
    const path = `${this.group.path}/generic-placement-intents/placement/app-intents/web`;
    const json = { metadata: { name: 'web' }, spec: { app: 'web', intent } };
    expect((await this.#stage.emco.call.put(path, { json })).status).toBe(200);
  }

  on(...names: readonly string[]): Promise<void> {
    return this.place({ allOf: names.map((cluster) => ({ clusterProvider: 'edge', cluster })) });
  }

  /** What stands, as `cluster kind`, with the text of its ConfigMap. */
  async stands(): Promise<readonly string[]> {
    const { git } = this.#stage;
    const head = await git.head();
    const own = [...(await git.files(head)).keys()].filter((path) => path.endsWith(`-${this.project}-web.yaml`));
    return Promise.all(
      own.toSorted().map(async (path) => {
        const [, cluster = '', , , file = ''] = path.split('/');
        const text = /\btext\W+(\w+)/.exec(await git.text(path, head))?.[1] ?? '';
        return `${cluster} ${/^[a-z]+/.exec(file)?.[0] ?? ''}${text}`;
      }),
    );
  }

  /** Everything in Git that carries the group's gid. */
  async files(): Promise<readonly string[]> {
    const gid = await this.gid();
    return [...(await this.#stage.git.files()).keys()].filter((path) => path.includes(gid)).toSorted();
  }

  async gid(): Promise<string> {
    const status = await this.#stage.emco.call.get(`${this.group.path}/status`);
    const actions = memberOf(status, 'states.actions');
    const at = Array.isArray(actions) ? actions.findIndex((one) => JSON.stringify(one).includes('"Instantiated"')) : 0;
    return textOf(status, `states.actions.${at}.instance`);
  }

  rollback(revision: number, id: string): Promise<unknown> {
    return this.group.run('rollback', id, { spec: { revision: String(revision) } });
  }
}

/** What stands on one cluster, as `stands` says it. */
export const standsOn = (name: string, text: string): readonly string[] => [
  `edge+${name} configmap${text}`,
  `edge+${name} deployment`,
];

export const standsOnBoth = (text: string): readonly string[] => clusters.flatMap((name) => standsOn(name, text));
