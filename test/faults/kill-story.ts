/**
 * One group lives through all of it: instantiated once undisturbed, then again and again with a kill in the middle of a
 * step, each time to the same files. What somebody else pushed meanwhile stays.
 */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { toWriterWorkflowId } from '#domain/names.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { driveGroup, type GroupDriver } from '#test/support/group-driver.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { killHard } from '#test/support/process-tree.ts';
import { type GroupSeed, makeAppChart, seedCloud, seedFleet, seedGroup } from '#test/support/seed.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';
import { expectSoundHistory } from './invariants.ts';

/** `kill`: emco alone, its children have to notice; `killAll`: everything at once. */
export type Kill = 'kill' | 'killAll';

const clusters = Array.from({ length: 10 }, (_, at) => `c${at}`);
const names = { project: 'p', compositeApp: 'ca', version: 'v1', group: 'g' };

async function makeSeed(): Promise<GroupSeed> {
  const chart = (name: string): Promise<Buffer> => makeAppChart(name, { values: { text: `of ${name}` } });
  const apps = [
    { name: 'db', chart: await chart('db') },
    { name: 'api', chart: await chart('api'), after: ['db'] },
    { name: 'web', chart: await chart('web'), after: ['api'] },
  ];
  const differences = { app: 'web', clusters };
  return { ...names, provider: 'edge', cloud: 'lc', release: 'r', apps, differences };
}

export class KillStory {
  readonly git: GitReader;
  readonly undisturbed: ReadonlyMap<string, string>;
  private readonly folder: TemporaryFolder;
  private readonly foreign: string[] = [];
  private emco: Emco;
  private serial = 0;

  private constructor(parts: {
    folder: TemporaryFolder;
    emco: Emco;
    git: GitReader;
    undisturbed: ReadonlyMap<string, string>;
  }) {
    this.folder = parts.folder;
    this.emco = parts.emco;
    this.git = parts.git;
    this.undisturbed = parts.undisturbed;
  }

  static async open(): Promise<KillStory> {
    const folder = await makeTemporaryFolder();
    const emco = await startEmco(folder.path);
    const repository = { url: emco.git, user: emco.gitUser, token: emco.gitToken };
    await seedFleet(emco.call, { provider: 'edge', clusters, repository });
    await seedCloud(emco.call, { project: 'p', cloud: 'lc', provider: 'edge', clusters });
    await seedGroup(emco.call, await makeSeed());
    const git = await openGitReader({ url: emco.git, token: emco.gitToken });
    const group = driveGroup(emco, names);
    await group.verb('approve');
    await group.run('instantiate', 'undisturbed');
    return new KillStory({ folder, emco, git, undisturbed: await readOwnFiles(git) });
  }

  get group(): GroupDriver {
    return driveGroup(this.emco, names);
  }

  get isRunning(): boolean {
    return this.emco.isRunning;
  }

  readOwnFiles(): Promise<ReadonlyMap<string, string>> {
    return readOwnFiles(this.git);
  }

  expectSound(): Promise<void> {
    return expectSoundHistory(this.git, this.foreign);
  }

  async run(kind: string): Promise<string> {
    const id = this.nextId(kind);
    await this.group.run(kind, id);
    return id;
  }

  /** Sends the verb, kills in the middle of the activity, starts again and waits for the end. */
  async runThrough(kind: string, activity: string, how: Kill): Promise<string> {
    const id = this.nextId(kind);
    expect((await this.group.verb(kind, { id })).status).toBe(202);
    await this.untilUnderWay(activity, id);
    await this.restart(how);
    await this.endsSoundly(id);
    return id;
  }

  /** Kills while the request is on its way: emco may have heard of it or not. The caller sends it again. */
  async runThroughRequest(kind: string, how: Kill): Promise<string> {
    const id = this.nextId(kind);
    const asked = this.group.verb(kind, { id }).catch(() => null);
    await new Promise((resolve) => setImmediate(resolve));
    await this.restart(how);
    await asked;
    expect((await this.group.verb(kind, { id })).status).toBe(202);
    await this.endsSoundly(id);
    return id;
  }

  /** Kills a part of emco in the middle of the activity. */
  async runWithoutPart(kind: string, activity: string, program: RegExp): Promise<string> {
    const id = this.nextId(kind);
    expect((await this.group.verb(kind, { id })).status).toBe(202);
    await this.untilUnderWay(activity, id);
    for (const { pid, commandLine } of await this.emco.children()) if (program.test(commandLine)) killHard(pid);
    await this.endsSoundly(id);
    return id;
  }

  async close(): Promise<void> {
    await this.git.close();
    await this.emco.killAll();
    await this.folder[Symbol.asyncDispose]();
  }

  private nextId(kind: string): string {
    this.serial += 1;
    return `${kind}-${this.serial}`;
  }

  private async restart(how: Kill): Promise<void> {
    await this.emco[how]();
    this.emco = await startEmco(this.folder.path);
  }

  private async endsSoundly(id: string): Promise<void> {
    this.foreign.push(await this.git.pushForeign({ [`theirs/${id}.txt`]: `${id}\n` }));
    expect(await this.group.ended(id, 90_000)).toMatchObject({ id, state: 'done' });
    await this.expectSound();
  }

  /** Returns in the middle of the activity, or when the operation has ended without it being seen. */
  private async untilUnderWay(activity: string, operationId: string): Promise<void> {
    const workflow = this.emco.client.workflow.getHandle(
      activity === 'pushChanges' ? this.writerId() : this.group.workflowId,
    );
    for (let look = 1; ; look += 1) {
      const pending = (await workflow.describe()).raw.pendingActivities ?? [];
      if (pending.some(({ activityType }) => activityType?.name === activity)) return;
      const operation =
        look % 10 === 0 ? (await this.group.operations()).find(({ id }) => id === operationId) : undefined;
      if (operation !== undefined && !['requested', 'accepted'].includes(operation.state)) return;
    }
  }

  private writerId(): string {
    return toWriterWorkflowId(this.emco.git, 'main', (text) => createHash('sha256').update(text).digest('hex'));
  }
}

/** Files that are emco's, with those of somebody else left out. */
async function readOwnFiles(git: GitReader): Promise<ReadonlyMap<string, string>> {
  const files = [...(await git.files())].filter(([path]) => !path.startsWith('theirs/'));
  return new Map(files.toSorted());
}
