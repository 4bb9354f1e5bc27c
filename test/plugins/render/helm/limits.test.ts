import { afterAll, describe, expect, it } from 'vitest';
import { readHelmVersion } from '#plugins/render/helm/index.ts';
import {
  archive,
  chartOf,
  configMap,
  helm,
  idle,
  leftOver,
  refusal,
  removeTempFolder,
  render,
  renderer,
} from './support.ts';

describe.skipIf(helm === '')('a rendering', () => {
  afterAll(() => {
    expect(leftOver()).toEqual([]);
    removeTempFolder();
  });

  it('stops a template that eats memory, also on a busy machine', async () => {
    const chart = chartOf({ 'b.yaml': 'a: |\n{{- range until 10000000 }}\n  {{ . }}\n{{- end }}\n' });
    expect(await refusal(chart)).toBe(
      'render-failed: chart of app web: expected rendering within 256 MiB of memory, found helm needing more',
    );
  });

  it('stops what takes too long or writes too much', async () => {
    const slow = chartOf({ 'b.yaml': '{{- range until 100000 }}{{ range until 10000 }}{{ end }}{{- end }}' });
    expect(await refusal(slow, {}, { timeoutMs: 300 })).toBe(
      'timed-out: chart of app web: expected rendering within 300 ms, found helm still at work',
    );
    const wide = chartOf({ 'b.yaml': configMap('c', '{{ repeat 5000 "y" }}') });
    expect(await refusal(wide, {}, { outputBytes: 1_000 })).toContain('at most 1000 bytes of manifests');
  });

  it('stops when it is aborted, with the reason of the signal', async () => {
    const chart = await chartOf({ 'b.yaml': '{{- range until 100000 }}{{ range until 10000 }}{{ end }}{{- end }}' });
    const reason = new Error('cancelled by the user');
    const request = { app: 'web', chart, profile: null, overrideValues: {}, release: 'r1', namespace: 'shop' };
    await expect(renderer().render(request, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const rendering = renderer().render(request, controller.signal);
    setTimeout(() => controller.abort(reason), 100);
    await expect(rendering).rejects.toBe(reason);
  });

  it('gives templates neither environment nor network nor cluster', async () => {
    process.env['EMCO_TEST_SENTINEL'] = 'leak';
    const template = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  dns: "{{ getHostByName "localhost" }}"\n  lookup: "{{ lookup "v1" "Namespace" "" "default" }}"\n  file: "{{ .Files.Get "../../etc/passwd" }}"\n`;
    const rendered = await render(chartOf({ 'c.yaml': template }));
    expect(rendered.objects[0]?.['data']).toEqual({ dns: '', lookup: 'map[]', file: '' });
    expect(await refusal(chartOf({ 'c.yaml': '{{ env "EMCO_TEST_SENTINEL" }}' }))).toContain(
      'function "env" not defined',
    );
    delete process.env['EMCO_TEST_SENTINEL'];
  });

  it('passes on what helm warns of, without times and source lines', async () => {
    const profile = await archive({ 'manifest.yaml': 'type: {values: v.yaml}\n', 'v.yaml': 'a: {b: 1}\n' });
    const rendered = await render(chartOf({ 'c.yaml': configMap('c') }, { 'web/values.yaml': 'a: 1\n' }), { profile });
    expect(rendered.warnings).toEqual(['helm: warning: skipped value for web.a: Not a table.']);
  });

  it('says which tool is missing', async () => {
    const chart = await chartOf({ 'c.yaml': configMap('c') });
    const request = { app: 'web', chart, profile: null, overrideValues: {}, release: 'r1', namespace: 'shop' };
    await expect(renderer({}, '/nowhere/helm').render(request, idle())).rejects.toMatchObject({ code: 'tool-missing' });
    await expect(readHelmVersion('/nowhere/helm')).rejects.toMatchObject({ code: 'tool-missing' });
    expect(await readHelmVersion(helm)).toMatch(/^v\d+\.\d+/);
    expect(renderer().fingerprint).toContain('helm v3');
  });
});
