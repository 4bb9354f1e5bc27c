/** What EMCO 22.09 gets wrong, by name; docs/reference/emco-bugs.md lists all of it with the tests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberOf } from '#test/support/api-client.ts';
import { eventually } from '#test/support/eventually.ts';
import { type Stage, StagedGroup, standsOn, standsOnBoth, startStage } from '#test/support/staged-group.ts';

const timeout = { timeout: 240_000 };

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.stop());

describe.concurrent('revisions', () => {
  it('rollback after re-instantiate takes the revision asked for and orphans nothing', timeout, async () => {
    const told = await StagedGroup.of(stage, 'reinstantiated');
    await told.group.run('instantiate', 'i-1');
    await told.group.run('terminate', 'i-2');
    await told.text('two');
    expect(await told.group.run('instantiate', 'i-3')).toMatchObject({ revision: 2 });
    await told.text('three');
    await told.group.run('update', 'i-4');
    await told.rollback(2, 'i-5');
    expect(await told.stands()).toEqual(standsOnBoth('two'));
    await told.rollback(1, 'i-6');
    expect(await told.stands()).toEqual(standsOnBoth('one'));
    await told.group.run('terminate', 'i-7');
    expect(await told.files()).toEqual([]);
  });

  it('update after stop goes on counting, so that no number means two revisions', timeout, async () => {
    const told = await StagedGroup.of(stage, 'counted');
    await told.group.run('instantiate', 's-1');
    await told.group.run('stop', 's-2');
    await told.text('two');
    const updated = await told.group.verb('update', { id: 's-3' });
    expect(updated.text).toBe('2\n');
    await told.group.ended('s-3');
    await told.rollback(1, 's-4');
    expect(await told.stands()).toEqual(standsOnBoth('one'));
    const numbers = (await told.group.operations()).map(({ revision }) => revision).filter((number) => number > 0);
    expect(numbers).toEqual([3, 2, 1]);
  });

  it(
    'rollback after a no-change update and a move brings everything back and leaves nothing behind',
    timeout,
    async () => {
      const told = await StagedGroup.of(stage, 'moved');
      await told.on('c1');
      await told.group.run('instantiate', 'm-1');
      await told.group.run('update', 'm-2');
      await told.on('c2');
      await told.group.run('update', 'm-3');
      expect(await told.stands()).toEqual(standsOn('c2', 'one'));
      await told.rollback(1, 'm-4');
      expect(await told.stands()).toEqual(standsOn('c1', 'one'));
      const status = await stage.emco.call.get(`${told.group.path}/status?status=deployed`);
      expect(memberOf(status, 'apps.0.clusters.0.cluster')).toBe('c1');
      expect(memberOf(status, 'apps.0.clusters.1')).toBeUndefined();
    },
  );
});

describe.concurrent('updates', () => {
  it('interrupted update leaves no orphans when it is finished, superseded or terminated', timeout, async () => {
    const told = await StagedGroup.of(stage, 'interrupted');
    await told.group.run('instantiate', 'u-1');
    await told.on('c1');
    await told.text('two');
    await told.group.verb('update', { id: 'u-2' });
    await told.group.verb('stop', { id: 'u-3' });
    await told.group.ended('u-3');
    await told.on('c2');
    await told.group.run('update', 'u-4');
    expect(await told.stands()).toEqual(standsOn('c2', 'two'));
    await told.group.verb('update', { id: 'u-5' });
    await told.group.run('terminate', 'u-6');
    expect(await told.files()).toEqual([]);
  });

  it(
    'GitOps update writes under the same folder, also the second, and terminate removes all of it',
    timeout,
    async () => {
      const told = await StagedGroup.of(stage, 'folder');
      await told.group.run('instantiate', 'f-1');
      const before = await told.files();
      for (const [at, text] of ['two', 'three'].entries()) {
        await told.text(text);
        await told.group.run('update', `f-${at + 2}`);
        expect(await told.stands()).toEqual(standsOnBoth(text));
        expect(await told.files()).toEqual(before);
      }
      await told.group.run('terminate', 'f-4');
      expect(await told.files()).toEqual([]);
    },
  );

  it('update to a new GitOps cluster brings its agent objects; a removed cluster loses them', timeout, async () => {
    const told = await StagedGroup.of(stage, 'grown');
    await told.on('c1');
    await told.group.run('instantiate', 'g-1');
    const agents = async () => (await told.files()).filter((path) => path.startsWith('clusters/'));
    const gid = await told.gid();
    expect(await agents()).toEqual([`clusters/edge+c1/emco/${gid}.yaml`]);
    await told.on('c1', 'c2');
    await told.group.run('update', 'g-2');
    expect(await agents()).toEqual([`clusters/edge+c1/emco/${gid}.yaml`, `clusters/edge+c2/emco/${gid}.yaml`]);
    await told.on('c2');
    await told.group.run('update', 'g-3');
    expect(await agents()).toEqual([`clusters/edge+c2/emco/${gid}.yaml`]);
    expect(await told.stands()).toEqual(standsOn('c2', 'one'));
  });

  it('patch errors fail the update with their reason; what runs stays', timeout, async () => {
    const told = await StagedGroup.of(stage, 'patched');
    await told.group.run('instantiate', 'p-1');
    const intents = `${told.group.path}/generic-k8s-intents`;
    await stage.emco.call.post('/v2/controllers', {
      json: { metadata: { name: 'gac' }, spec: { host: 'built-in', port: 9033, type: 'action', priority: 1 } },
    });
    const resourceGVK = { apiVersion: 'v1', kind: 'ConfigMap', name: 'patched-web' };
    const resource = { metadata: { name: 'r' }, spec: { app: 'web', newObject: 'false', resourceGVK } };
    const patchJson = [{ op: 'replace', path: '/nowhere/deep', value: 'x' }];
    const clusterInfo = { scope: 'label', clusterProvider: 'edge', clusterLabel: 'all', mode: 'allow' };
    const patching = { clusterSpecific: 'true', clusterInfo, patchType: 'json', patchJson };
    const customization = { metadata: { name: 'c' }, spec: patching };
    const made = [
      await stage.emco.call.post(intents, { json: { metadata: { name: 'k' } } }),
      await stage.emco.call.post(`${intents}/k/resources`, { metadata: resource }),
      await stage.emco.call.post(`${intents}/k/resources/r/customizations`, {
        metadata: customization,
        files: [['files', 'unused.txt', 'unused']],
      }),
    ];
    expect(made.map(({ status, text }) => (status === 201 ? status : text))).toEqual([201, 201, 201]);
    const intent = { genericPlacementIntent: 'placement', gac: 'k' };
    const put = await stage.emco.call.put(`${told.group.path}/intents/all`, {
      json: { metadata: { name: 'all' }, spec: { intent } },
    });
    expect(put.text).toContain('"gac"');
    await told.group.verb('update', { id: 'p-2' });
    expect(await told.group.ended('p-2')).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('/nowhere/deep'),
    });
    expect(await told.stands()).toEqual(standsOnBoth('one'));
  });
});

describe.concurrent('a cluster that fails', () => {
  /** `web` waits for `db`; the repository of the cluster that `db` runs on can't be reached. */
  const makeHanging = async (project: string): Promise<StagedGroup> => {
    await stage.emco.call.post('/v2/cluster-providers', { json: { metadata: { name: project } } });
    const kv = [{ gitType: 'git' }, { userName: 'u' }, { gitToken: 't' }, { repoName: 'r' }, { branch: 'main' }];
    const url = 'http://127.0.0.1:9/nobody/listens.git';
    await stage.emco.call.post(`/v2/cluster-providers/${project}/cluster-sync-objects`, {
      json: { metadata: { name: 'git' }, spec: { kv: [...kv, { url }] } },
    });
    const gitOps = { gitOpsType: 'fluxcd', gitOpsReferenceObject: 'git', gitOpsResourceObject: 'git' };
    await stage.emco.call.post(`/v2/cluster-providers/${project}/clusters`, {
      metadata: { metadata: { name: 'dead' }, spec: { gitOps } },
    });
    const told = await StagedGroup.of(stage, project);
    const reference = { clusterProvider: project, cluster: 'dead', loadBalancerIP: '0.0.0.0' };
    const references = `/v2/projects/${project}/logical-clouds/lc/cluster-references`;
    const json = { metadata: { name: 'dead' }, spec: reference };
    expect((await stage.emco.call.post(references, { json })).status).toBe(201);
    await told.place({
      allOf: [
        { clusterProvider: 'edge', cluster: 'c1' },
        { clusterProvider: project, cluster: 'dead' },
      ],
    });
    return told;
  };

  it('one failing cluster does not hold the others, now and at the next update', timeout, async () => {
    const told = await makeHanging('dead-one');
    await told.group.verb('instantiate', { id: 'd-1' });
    await eventually(async () => expect(await told.stands()).toEqual(standsOn('c1', 'one')), 90_000);
    await told.text('two');
    await told.group.verb('update', { id: 'd-2' });
    await eventually(async () => expect(await told.stands()).toEqual(standsOn('c1', 'two')), 90_000);
    expect((await told.group.operations())[0]).toMatchObject({ id: 'd-2', state: 'accepted' });
  });

  it('terminate after a hang takes the app from every cluster that answers', timeout, async () => {
    const told = await makeHanging('dead-two');
    await told.group.verb('instantiate', { id: 'h-1' });
    await eventually(async () => expect(await told.stands()).toEqual(standsOn('c1', 'one')), 90_000);
    await told.group.verb('terminate', { id: 'h-2' });
    await eventually(async () => expect(await told.files()).toEqual([]), 90_000);
    expect((await stage.emco.call.remove(told.group.path)).status).toBe(409);
  });
});
