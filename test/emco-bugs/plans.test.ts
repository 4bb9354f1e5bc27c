/** What EMCO 22.09 gets wrong, by name; docs/reference/emco-bugs.md lists all of it with the tests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTarGz } from '#test/support/make-archive.ts';
import { makeAppChart } from '#test/support/seed.ts';
import { type Stage, StagedGroup, standsOn, standsOnBoth, startStage } from '#test/support/staged-group.ts';

const timeout = { timeout: 240_000 };

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.stop());

describe.concurrent('charts', () => {
  const chart = (text: string): Promise<Buffer> =>
    makeTarGz([
      { name: 'web/Chart.yaml', text: 'apiVersion: v2\nname: web\nversion: 0.1.0\n' },
      { name: 'web/templates/all.yaml', text },
    ]);

  it('template failure ends the operation with the words of the template engine', timeout, async () => {
    const broken = await chart('{{ required "a colour is needed" .Values.colour }}\n');
    const told = await StagedGroup.of(stage, 'broken', [{ name: 'web', chart: broken }]);
    expect((await told.group.verb('instantiate', { id: 't-1' })).status).toBe(202);
    expect(await told.group.ended('t-1')).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('a colour is needed'),
    });
    await told.chart('web', await makeAppChart('web', { values: { text: 'one' } }));
    await told.group.run('update', 't-2');
    expect(await told.stands()).toEqual(standsOnBoth('one'));
  });

  it('empty chart ends the operation with a clear word', timeout, async () => {
    const told = await StagedGroup.of(stage, 'empty', [{ name: 'web', chart: await chart('# nothing\n') }]);
    await told.group.verb('instantiate', { id: 'e-1' });
    expect(await told.group.ended('e-1')).toMatchObject({
      state: 'failed',
      message: 'chart of app web: expected at least one Kubernetes object, found none rendered',
    });
    await told.group.run('terminate', 'e-2');
  });

  it('name+Kind collision: two apps that want one object are refused with both names', timeout, async () => {
    const same = (name: string) => makeAppChart(name, { configMap: 'same' });
    const apps = [
      { name: 'web', chart: await same('web') },
      { name: 'api', chart: await same('api') },
    ];
    const told = await StagedGroup.of(stage, 'collided', apps);
    await told.group.verb('instantiate', { id: 'c-1' });
    expect(await told.group.ended('c-1')).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/ConfigMap\/default\/same.*found (web and api|api and web)/),
    });
  });

  it('name+Kind collision: objects of two API groups with one kind and name both stand', timeout, async () => {
    const ingress = (apiVersion: string) =>
      `apiVersion: ${apiVersion}\nkind: Widget\nmetadata: { name: w }\nspec: {}\n`;
    const text = `${ingress('one.example.org/v1')}---\n${ingress('two.example.org/v1')}`;
    const crd = (group: string) =>
      `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: widgets.${group} }\nspec: { group: ${group}, names: { kind: Widget, plural: widgets }, scope: Namespaced, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }\n`;
    const all = `${crd('one.example.org')}---\n${crd('two.example.org')}---\n${text}`;
    const told = await StagedGroup.of(stage, 'widgets', [{ name: 'web', chart: await chart(all) }]);
    await told.group.run('instantiate', 'w-1');
    const widgets = (await told.files()).filter((path) => path.includes('/edge+c1/') && /\/widget\./.test(path));
    expect(widgets).toHaveLength(2);
  });
});

describe.concurrent('placement', () => {
  const label = { clusterProvider: 'edge', clusterLabel: 'all' };
  const named = (cluster: string) => ({ clusterProvider: 'edge', cluster });

  it.each([
    ['overlapping allOf and anyOf keep the mandatory cluster', { allOf: [named('c2')], anyOf: [label] }, ['c2']],
    [
      'two anyOf groups that overlap are each satisfied',
      { allOf: [{ anyOf: [named('c1')] }, { anyOf: [named('c2')] }], anyOf: [] },
      ['c1', 'c2'],
    ],
  ])('%s', timeout, async (name, intent, expected) => {
    const told = await StagedGroup.of(stage, name.split(' ', 1)[0] ?? '');
    await told.place(intent);
    await told.group.run('instantiate', 'p-1');
    expect(await told.stands()).toEqual(expected.flatMap((cluster) => standsOn(cluster, 'one')));
  });

  it('anyOf never chooses a cluster outside the logical cloud', timeout, async () => {
    const told = await StagedGroup.of(stage, 'outside');
    const reference = `/v2/projects/outside/logical-clouds/lc/cluster-references/ref-c1`;
    expect((await stage.emco.call.remove(reference)).status).toBe(204);
    await told.place({ anyOf: [label] });
    await told.group.run('instantiate', 'o-1');
    expect(await told.stands()).toEqual(standsOn('c2', 'one'));
  });
});
