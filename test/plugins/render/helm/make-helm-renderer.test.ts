import { afterAll, describe, expect, it } from 'vitest';
import {
  type Files,
  archive,
  chartOf,
  chartYaml,
  configMap,
  helm,
  leftOver,
  refusal,
  removeTempFolder,
  render,
} from './support.ts';

describe.skipIf(helm === '')('makeHelmRenderer', () => {
  afterAll(() => {
    expect(leftOver()).toEqual([]);
    removeTempFolder();
  });

  it('gives objects in install order, with release, namespace and values', async () => {
    const deployment =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "{{ .Release.Name }}-{{ .Release.Namespace }}"}\nspec: {replicas: {{ .Values.count }}}\n';
    const chart = chartOf(
      {
        'd.yaml': deployment,
        'c.yaml': configMap('c'),
        'NOTES.txt': 'hello',
        '_h.tpl': '{{ define "x" }}{{ end }}',
        'empty.yaml': '# nothing\n',
      },
      { 'web/values.yaml': 'count: 1\n' },
    );
    const rendered = await render(chart);
    expect(rendered.objects.map((object) => `${object.kind} ${object.metadata.name}`)).toEqual([
      'ConfigMap c',
      'Deployment r1-shop',
    ]);
    expect(rendered.objects[1]?.['spec']).toEqual({ replicas: 1 });
    expect(rendered).toMatchObject({ app: 'web', crds: [], hooks: [], warnings: [] });
  });

  it('accepts a chart folder of any name, or none', async () => {
    for (const folder of ['some-other-name/', '']) {
      const chart = archive({
        [`${folder}Chart.yaml`]: chartYaml,
        [`${folder}templates/c.yaml`]: configMap('{{ .Chart.Name }}'),
      });
      expect((await render(chart)).objects[0]?.metadata.name).toBe('web');
    }
  });

  it('lets override values win over the profile, the profile over the chart, with the syntax of --set', async () => {
    const template = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {{ .Values | toJson }}\n';
    const chart = chartOf(
      { 'c.yaml': template },
      { 'web/values.yaml': 'a: chart\nb: chart\nc: {d: chart}\nl: [1, 2]\n' },
    );
    const profile = await archive({
      './manifest.yaml': 'version: v1\ntype:\n  values: override.yaml\n',
      'override.yaml': 'b: profile\nc: {e: profile}\n',
    });
    const overrideValues = { 'c.d': 'set', n: '8080', s: '-x; rm "$HOME" `id`', list: '{x,y}', 'a b': 'true' };
    const rendered = await render(chart, { profile, overrideValues });
    expect(rendered.objects[0]?.['data']).toEqual({
      a: 'chart',
      b: 'profile',
      l: [1, 2],
      n: 8080,
      s: '-x; rm "$HOME" `id`',
      'a b': true,
      c: { d: 'set', e: 'profile' },
      list: ['x', 'y'],
    });
  });

  it('copies the files of a profile over and into the chart', async () => {
    const chart = chartOf({ 'c.yaml': configMap('c', 'chart') });
    const manifest = `version: v1\ntype:\n  values:\n  configresource:\n  - {filepath: res/c.yaml, chartpath: web/templates/c.yaml}\n  - {filepath: res/n.yaml, chartpath: web/templates/n.yaml}\n`;
    const profile = await archive({
      'manifest.yaml': manifest,
      'res/c.yaml': configMap('c', 'profile'),
      'res/n.yaml': configMap('new'),
    });
    const rendered = await render(chart, { profile });
    expect(rendered.objects.map((object) => [object.metadata.name, object['data']])).toEqual([
      ['c', { v: 'profile' }],
      ['new', { v: 'x' }],
    ]);
  });

  it.each<[string, string]>([
    ['chartpath: ../../etc/x', 'a path inside the chart'],
    ['chartpath: web/../../x', 'a path inside the chart'],
    ['chartpath: /etc/passwd', 'a path inside the chart'],
    ['chartpath: other/x.yaml', "a path below web/ of the chart's archive"],
    ['chartpath: web/nope/x.yaml', 'folder nope/ in the chart'],
    ['chartpath: web', 'folder  in the chart'],
    ['chartpath: 5', 'a path, found a number'],
  ])('refuses a profile with %s', async (chartpath, expected) => {
    const profile = await archive({
      'manifest.yaml': `type:\n  configresource:\n  - filepath: f\n    ${chartpath}\n`,
      f: 'x',
    });
    expect(await refusal(chartOf({ 'c.yaml': configMap('c') }), { profile })).toContain(expected);
  });

  it('refuses a profile that names files it lacks, or has no readable manifest', async () => {
    const chart = await chartOf({ 'c.yaml': configMap('c') });
    const withProfile = async (files: Files) => refusal(chart, { profile: await archive(files) });
    expect(await withProfile({ 'manifest.yaml': 'type: {values: nope.yaml}\n' })).toBe(
      'render-failed: profile of app web: expected file nope.yaml, which manifest.yaml names as values, found no such file',
    );
    expect(await withProfile({ 'x.yaml': '' })).toContain('expected a manifest.yaml at the root');
    expect(await withProfile({ 'manifest.yaml': 'a: [' })).toContain('manifest.yaml: expected YAML that can be read');
    expect(await withProfile({ 'manifest.yaml': '- a\n' })).toContain('expected a mapping');
    expect(await refusal(chart, { profile: new Uint8Array([1, 2]) })).toContain(
      'document-undecodable: profile of app web',
    );
  });

  it('keeps CRDs, hooks and objects apart, drops tests, unrolls lists', async () => {
    const hook = (name: string, annotations: string) =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${name}, annotations: {${annotations}}}\n`;
    const crd = (name: string) =>
      `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ${name}}\nspec: {group: ex.io, scope: Cluster, names: {kind: Widget}}\n`;
    const chart = chartOf(
      {
        'a.yaml': [
          hook(
            'late',
            'helm.sh/hook: "post-install, post-upgrade", helm.sh/hook-weight: "5", helm.sh/hook-delete-policy: "hook-succeeded,hook-failed"',
          ),
          hook('first', 'helm.sh/hook: "pre-install, test", helm.sh/hook-weight: "-5"'),
          hook('t', 'helm.sh/hook: test-success'),
          hook('m2', 'helm.sh/hook: post-install'),
          hook('m1', 'helm.sh/hook: post-install'),
        ].join('---\n'),
        'crd.yaml': crd('templated.ex.io'),
        'list.yaml':
          'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: l1}\n- apiVersion: ex.io/v1\n  kind: Widget\n  metadata: {name: w}\n',
        'pvc.yaml':
          'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: keep, annotations: {helm.sh/resource-policy: keep}}\n',
        'unknown.yaml': 'apiVersion: far.io/v1\nkind: Gadget\nmetadata: {name: g}\n',
      },
      { 'web/crds/c.yaml': `${crd('a.ex.io')}---\n${crd('b.ex.io')}` },
    );
    const rendered = await render(chart);
    expect(rendered.crds.map((one) => one.metadata.name)).toEqual(['a.ex.io', 'b.ex.io', 'templated.ex.io']);
    expect(rendered.hooks.map((one) => [one.object.metadata.name, one.events, one.weight, one.deletePolicies])).toEqual(
      [
        ['first', ['pre-install'], -5, ['before-hook-creation']],
        ['m1', ['post-install'], 0, ['before-hook-creation']],
        ['m2', ['post-install'], 0, ['before-hook-creation']],
        ['late', ['post-install', 'post-upgrade'], 5, ['hook-succeeded', 'hook-failed']],
      ],
    );
    expect(rendered.objects.map((one) => one.metadata.name).sort()).toEqual(['g', 'keep', 'l1', 'w']);
    expect(rendered.warnings).toEqual([
      'kind Gadget of far.io: no CRD of the app declares its scope; taken as namespaced',
      'PersistentVolumeClaim keep: helm.sh/resource-policy keep: it stays on the cluster when it leaves the plan or the group is terminated',
    ]);
  });

  it('renders sub-charts from charts/ and reports those that are missing', async () => {
    const withDependency = `${chartYaml}dependencies:\n- {name: sub, version: 0.1.0, repository: ""}\n`;
    const sub = {
      'web/charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n',
      'web/charts/sub/templates/c.yaml': configMap('sub'),
    };
    const rendered = await render(archive({ 'web/Chart.yaml': withDependency, ...sub }));
    expect(rendered.objects[0]?.metadata.name).toBe('sub');
    expect(
      await refusal(archive({ 'web/Chart.yaml': withDependency, 'web/templates/c.yaml': configMap('c') })),
    ).toContain('missing in charts/ directory: sub');
  });

  it.each<[string, Files, string]>([
    [
      'fail',
      { 'f.yaml': '\n{{ fail "no way" }}' },
      'render-failed: app web, file web/templates/f.yaml: expected a chart that renders, found execution error at (web/templates/f.yaml:2:3): no way',
    ],
    [
      'an engine error',
      { 'f.yaml': '{{ .Values.a.b }}' },
      'render-failed: app web, file web/templates/f.yaml: expected a chart that renders, found template: web/templates/f.yaml:1:10',
    ],
    [
      'a parse error',
      { 'f.yaml': '{{ end }}' },
      'file web/templates/f.yaml: expected a chart that renders, found parse error',
    ],
    [
      'broken YAML',
      { 'f.yaml': 'a: [' },
      'file web/templates/f.yaml: expected a chart that renders, found YAML parse error',
    ],
    [
      'a duplicate key',
      { 'f.yaml': configMap('a').replace('data:', 'kind: Secret\ndata:') },
      'render-failed: app web, file web/templates/f.yaml: expected YAML that can be read, found line',
    ],
    [
      'no Kubernetes object',
      { 'f.yaml': 'just: data\n' },
      'app web, file web/templates/f.yaml: expected a Kubernetes object with apiVersion, found none',
    ],
    [
      'generateName',
      { 'f.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}\n' },
      'found generateName only',
    ],
    [
      'nothing',
      { 'f.yaml': '# only a comment\n' },
      'render-failed: chart of app web: expected at least one Kubernetes object, found none rendered',
    ],
    [
      'endless recursion',
      { 'f.yaml': '{{ include "a" . }}', '_a.tpl': '{{ define "a" }}{{ include "a" . }}{{ end }}' },
      'render-failed: app web',
    ],
    [
      'an alias bomb',
      {
        'f.yaml': `${configMap('a')}bomb:\n  l0: &l0 [lol]\n${Array.from({ length: 9 }, (_, at) => `  l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]\n`).join('')}`,
      },
      'render-failed: ',
    ],
  ])('names the file for %s', async (_name, templates, expected) => {
    expect(await refusal(chartOf(templates))).toContain(expected);
  });

  it('reports the problems of several files at once', async () => {
    const message = await refusal(chartOf({ 'a.yaml': 'just: data\n', 'b.yaml': 'kind: X\n' }));
    expect(message).toMatch(/file web\/templates\/a.yaml.*; .*file web\/templates\/b.yaml/);
  });

  it('refuses what is no installable chart, a bad release name, a bad namespace, hostile values', async () => {
    const chart = await chartOf({ 'c.yaml': configMap('c') });
    expect(await refusal(archive({ 'web/templates/c.yaml': configMap('c') }))).toContain(
      'expected a Chart.yaml in a folder',
    );
    expect(await refusal(archive({ 'web/Chart.yaml': `${chartYaml}type: library\n` }))).toContain(
      'library charts are not installable',
    );
    expect(await refusal(archive({ 'a/Chart.yaml': chartYaml, 'b/Chart.yaml': chartYaml }))).toContain(
      'found charts in a/, b/',
    );
    expect(await refusal(chart, { release: 'R_1' })).toContain('expected a DNS-1123 label');
    expect(await refusal(chart, { release: '--debug' })).toContain('expected a DNS-1123 label');
    expect(await refusal(chart, { release: 'a'.repeat(54) })).toContain('at most 53 characters');
    expect(await refusal(chart, { namespace: 'a b' })).toContain('namespace of app web');
    expect(await refusal(chart, { overrideValues: { k: 'a\0b' } })).toContain('NUL');
    const secret = await refusal(chart, { overrideValues: { k: 'x'.repeat(200_000) } });
    expect(secret).toContain('override value k of app web: expected at most 100000 characters');
    expect(secret).not.toContain('xxx');
    expect(await refusal(new Uint8Array([0x1f, 0x8b, 0]))).toContain('document-undecodable: chart of app web');
  });
});
