import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GroupAction, GroupState } from '#domain/lifecycle.ts';
import { memberOf } from '#test/support/api-client.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { eventually } from '#test/support/eventually.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { driveGroup, type GroupDriver } from '#test/support/group-driver.ts';
import { type GroupSeed, makeAppChart, seedCloud, seedFleet, seedGroup, seedIntents } from '#test/support/seed.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';

type Verb = Exclude<GroupAction, 'delete'>;
type Way = 'API' | 'Update' | 'Signal';

const ways: readonly Way[] = ['API', 'Update', 'Signal'];
const verbs: readonly Verb[] = [
  'approve',
  'instantiate',
  'update',
  'rollback',
  'migrate',
  'terminate',
  'stop',
  'pause',
  'resume',
];

/** Where each action leads; what is not here is refused. */
const table: Readonly<Record<GroupState, Readonly<Partial<Record<GroupAction, GroupState | 'gone'>>>>> = {
  Created: { approve: 'Approved', delete: 'gone' },
  Approved: { approve: 'Approved', instantiate: 'Instantiated', delete: 'gone' },
  Instantiated: {
    update: 'Instantiated',
    rollback: 'Instantiated',
    migrate: 'Updated',
    terminate: 'Terminated',
    stop: 'InstantiateStopped',
    pause: 'Instantiated',
    resume: 'Instantiated',
  },
  InstantiateStopped: {
    instantiate: 'Instantiated',
    update: 'Instantiated',
    rollback: 'Instantiated',
    migrate: 'Updated',
    terminate: 'Terminated',
    resume: 'Instantiated',
  },
  Updated: { approve: 'Approved', delete: 'gone' },
  Terminated: {
    approve: 'Approved',
    instantiate: 'Instantiated',
    stop: 'TerminateStopped',
    pause: 'Terminated',
    resume: 'Terminated',
    delete: 'gone',
  },
  TerminateStopped: { instantiate: 'Instantiated', terminate: 'Terminated', resume: 'Terminated', delete: 'gone' },
};

const pathTo: Readonly<Record<GroupState, readonly Verb[]>> = {
  Created: [],
  Approved: ['approve'],
  Instantiated: ['approve', 'instantiate'],
  InstantiateStopped: ['approve', 'instantiate', 'stop'],
  Updated: ['approve', 'instantiate', 'migrate'],
  Terminated: ['approve', 'instantiate', 'terminate'],
  TerminateStopped: ['approve', 'instantiate', 'terminate', 'stop'],
};

const states = Object.keys(table) as readonly GroupState[]; // the keys of the table are its states
const root = '/v2/projects/p/composite-apps/ca/v1';
const shared = { project: 'p', compositeApp: 'ca', version: 'v1', provider: 'edge', cloud: 'lc' };

let folder: TemporaryFolder;
let emco: Emco;
let git: GitReader;
let apps: GroupSeed['apps'];
let serial = 0;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  emco = await startEmco(folder.path);
  const repository = { url: emco.git, user: emco.gitUser, token: emco.gitToken };
  await seedFleet(emco.call, { provider: 'edge', clusters: ['c1'], repository });
  await seedCloud(emco.call, { project: 'p', cloud: 'lc', provider: 'edge', clusters: ['c1'] });
  apps = [
    { name: 'a', chart: await makeAppChart('a') },
    { name: 'b', chart: await makeAppChart('b'), after: ['a'] },
  ];
  await seedGroup(emco.call, { ...shared, group: 'first', release: 'first', apps });
  git = await openGitReader({ url: emco.git, token: emco.gitToken });
});
afterAll(async () => {
  await git?.close();
  await emco?.killAll();
  await folder?.[Symbol.asyncDispose]();
});

/** A group of its own, and for those that migrate one to migrate to. */
async function makeGroup(): Promise<GroupDriver> {
  serial += 1;
  const name = `g${serial}`;
  for (const group of [name, `${name}-to`]) {
    await seedIntents(emco.call, root, { ...shared, group, release: name, apps });
  }
  await driveGroup(emco, { ...shared, group: `${name}-to` }).verb('approve');
  return driveGroup(emco, { ...shared, group: name });
}

const toSpec = (verb: Verb, group: GroupDriver): Readonly<Record<string, string>> => {
  if (verb === 'rollback') return { revision: '1' };
  return verb === 'migrate'
    ? { targetCompositeAppVersion: 'v1', targetDeploymentIntentGroup: `${nameOf(group)}-to` }
    : {};
};

async function ask(group: GroupDriver, verb: Verb, { way, id }: { way: Way; id: string }): Promise<void> {
  const payload = { operationId: id, ...toSpec(verb, group) };
  if (way === 'Update') await group.workflow.executeUpdate<unknown, [object]>(verb, { args: [payload] });
  else if (way === 'Signal') await group.workflow.signal(verb, payload);
  else await group.verb(verb, { id, body: { metadata: {}, spec: toSpec(verb, group) } });
}

async function perform(group: GroupDriver, verb: Verb, way: Way = 'API'): Promise<void> {
  serial += 1;
  const id = `${verb}-${serial}`;
  await ask(group, verb, { way, id });
  if (verb === 'approve') return;
  expect(await group.ended(id), `${verb} by ${way}`).toMatchObject({ state: 'done' });
}

async function bring(state: GroupState): Promise<GroupDriver> {
  const group = await makeGroup();
  for (const verb of pathTo[state]) await perform(group, verb);
  expect(await readState(group)).toBe(state);
  return group;
}

async function readState(group: GroupDriver): Promise<unknown> {
  const answer = await emco.call.get(`${group.path}/status`);
  const actions = memberOf(answer, 'states.actions');
  return Array.isArray(actions) ? memberOf(answer, `states.actions.${actions.length - 1}.state`) : undefined;
}

const nameOf = (group: GroupDriver): string => group.path.split('/').at(-1) ?? '';

/** Paths of its manifests: two of each of its two apps. */
async function readFiles(group: GroupDriver): Promise<readonly string[]> {
  const own = new RegExp(`-${nameOf(group)}-[ab]\\.yaml$`);
  return [...(await git.files()).keys()].filter((path) => own.test(path));
}

async function remove(group: GroupDriver): Promise<number> {
  const placement = 'generic-placement-intents/placement';
  const children = ['intents/all', `${placement}/app-intents/a`, `${placement}/app-intents/b`, placement];
  for (const child of children) await emco.call.remove(`${group.path}/${child}`);
  return (await emco.call.remove(group.path)).status;
}

describe.concurrent.each(states)('a group that is %s', (state) => {
  const allowed = table[state];
  const refused = verbs.filter((verb) => allowed[verb] === undefined);

  it(`refuses ${refused.join(', ')}${allowed.delete === undefined ? ', delete' : ''} by every way, and stays as it is`, {
    timeout: 300_000,
  }, async () => {
    const group = await bring(state);
    const found = new RegExp(`^${state}, which allows .*\\w`);
    for (const verb of refused) {
      const answer = await emco.call.post(`${group.path}/${verb}`, {
        json: { metadata: {}, spec: toSpec(verb, group) },
        headers: { Accept: 'application/json' },
      });
      expect([verb, answer.status, memberOf(answer, 'code')]).toEqual([verb, 409, 'transition-illegal']);
      expect(memberOf(answer, 'errors.0.found')).toMatch(found);
      if (state === 'Created' || verb === 'approve') continue;
      for (const way of ['Update', 'Signal'] as const) {
        const id = `${verb}-${way}`;
        await ask(group, verb, { way, id });
        await eventually(async () =>
          expect((await group.operations()).find((one) => one.id === id)).toMatchObject({
            state: 'refused',
            message: expect.stringContaining(`found ${state}, which allows`),
          }),
        );
      }
    }
    if (allowed.delete === undefined) expect((await emco.call.remove(group.path)).status).toBe(409);
    expect(await readState(group)).toBe(state);
  });

  it.each(Object.entries(allowed))('takes %s and is %s then', { timeout: 300_000 }, async (action, next) => {
    const group = await bring(state);
    if (action === 'delete') {
      expect(await remove(group)).toBe(204);
      return;
    }
    const verb = action as Verb; // the table's other keys
    const way = verb === 'approve' ? 'API' : ways[(verbs.indexOf(verb) + states.indexOf(state)) % ways.length];
    await perform(group, verb, way);
    expect(await readState(group)).toBe(next);
    const files = await readFiles(group);
    if (next === 'Instantiated') expect(files).toHaveLength(4);
    if (next === 'Terminated' || next === 'TerminateStopped') expect(files).toHaveLength(0);
  });
});

describe.concurrent('an operation that is stopped on its way', () => {
  it.each(['resume', 'instantiate', 'update'] as const)('is finished by %s', { timeout: 300_000 }, async (verb) => {
    const group = await bring('Approved');
    await group.verb('instantiate', { id: 'slow' });
    await group.verb('stop', { id: 'halt' });
    expect(await group.ended('slow')).toMatchObject({ state: 'superseded' });
    await group.ended('halt');
    await perform(group, verb);
    expect(await readFiles(group)).toHaveLength(4);
  });

  it('is finished by resume where it was a terminate, and deleted only when nothing is left', {
    timeout: 300_000,
  }, async () => {
    const group = await bring('Instantiated');
    await group.verb('terminate', { id: 'slow' });
    await group.verb('stop', { id: 'halt' });
    await group.ended('halt');
    const left = await readFiles(group);
    if (left.length > 0) expect(await remove(group)).toBe(409);
    await perform(group, 'resume', 'Signal');
    expect(await readFiles(group)).toHaveLength(0);
    expect(await remove(group)).toBe(204);
  });
});
