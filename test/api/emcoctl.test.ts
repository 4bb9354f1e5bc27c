/** What EMCO's own client puts on the wire. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { makeChart, makeProfile } from '#test/support/make-archive.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;

beforeAll(async () => {
  database = await startTestStore();
  api = await startTestApi(database.store);
  http = makeCaller(api.url);
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

interface Document {
  readonly anchor: string;
  readonly metadata?: object;
  readonly spec?: object;
  readonly clusterLabel?: string;
  readonly file?: Uint8Array | string;
  readonly files?: readonly (readonly [string, string])[];
}

const wire = { 'User-Agent': 'go-resty/2.7.0 (https://github.com/go-resty/resty)', 'Accept-Encoding': 'gzip' };

/** POST of one document; `metadata` is always sent, uploads carry no Accept. */
async function apply({ anchor, file, files, metadata = { name: '' }, ...rest }: Document): Promise<number> {
  const body = { metadata, ...rest };
  const parts =
    file === undefined
      ? files?.map(([name, text]) => ['files', name, text] as const)
      : ([['file', 'filename', file]] as const);
  const answer =
    parts === undefined
      ? await http.post(`/v2/${anchor}`, { json: body, headers: { ...wire, Accept: 'application/json' } })
      : await http.post(`/v2/${anchor}`, { metadata: body, files: parts, headers: wire });
  expect(answer.status, `${anchor}: ${answer.text}`).toBeLessThan(300);
  return answer.status;
}

const provider = 'cluster-providers/provider1';
const cluster = `${provider}/clusters/cluster1`;
const cloud = 'projects/proj1/logical-clouds/default';
const version = 'projects/proj1/composite-apps/gac-composite-app/v1';
const group = `${version}/deployment-intent-groups/collection`;
const gac = `${group}/generic-k8s-intents/operator-gac-intent`;
const name = (text: string) => ({ name: text, description: 'd', userData1: 'x', userData2: 'y' });
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', name: 'cm-team' };
const clusterInfo = { scope: 'label', clusterProvider: 'provider1', cluster: '', clusterLabel: 'edge', mode: 'allow' };

describe("EMCO's client", () => {
  it('applies its example in the order of its documents, intents before what they name', async () => {
    const placement = { genericPlacementIntent: 'collection-placement', gac: 'operator-gac-intent' };
    const documents: readonly Document[] = [
      { anchor: 'controllers', metadata: { name: 'rsync' }, spec: { host: '10.0.0.1', port: 30431 } },
      {
        anchor: 'dtc-controllers',
        metadata: { name: 'nps' },
        spec: { host: 'h', port: 30438, type: 'action', priority: 1 },
      },
      {
        anchor: 'controllers',
        metadata: { name: 'gac' },
        spec: { host: 'h', port: 30433, type: 'action', priority: 1 },
      },
      { anchor: 'projects', metadata: name('proj1') },
      { anchor: 'cluster-providers', metadata: name('provider1') },
      { anchor: `${provider}/clusters`, metadata: name('cluster1'), file: 'kubeconfig' },
      { anchor: `${cluster}/labels`, clusterLabel: 'edge' },
      {
        anchor: `${cluster}/kv-pairs`,
        metadata: name('gateway'),
        spec: { kv: [{ port: '32001' }, { address: '1.2.3.4' }] },
      },
      { anchor: 'projects/proj1/logical-clouds', metadata: name('default'), spec: { level: '0' } },
      {
        anchor: `${cloud}/cluster-references`,
        metadata: name('ref'),
        spec: { clusterProvider: 'provider1', cluster: 'cluster1', loadbalancerIp: '0.0.0.0' },
      },
      { anchor: `${cloud}/instantiate` },
      {
        anchor: 'projects/proj1/composite-apps',
        metadata: name('gac-composite-app'),
        spec: { compositeAppVersion: 'v1' },
      },
      { anchor: `${version}/apps`, metadata: name('operator'), file: await makeChart('operator') },
      { anchor: `${version}/composite-profiles`, metadata: name('profile') },
      {
        anchor: `${version}/composite-profiles/profile/profiles`,
        metadata: name('profile1'),
        spec: { app: 'operator' },
        file: await makeProfile(),
      },
      {
        anchor: `${version}/deployment-intent-groups`,
        metadata: name('collection'),
        spec: { compositeProfile: 'profile', version: 'r6', logicalCloud: 'default', overrideValues: [] },
      },
      { anchor: `${group}/intents`, metadata: name('intent'), spec: { intent: placement } },
      {
        anchor: `${group}/generic-placement-intents`,
        metadata: name('collection-placement'),
        spec: { logicalCloud: 'default' },
      },
      {
        anchor: `${group}/generic-placement-intents/collection-placement/app-intents`,
        metadata: name('operator-placement'),
        spec: { app: 'operator', intent: { allOf: [{ clusterProvider: 'provider1', clusterLabel: 'edge' }] } },
      },
      { anchor: `${group}/generic-k8s-intents`, metadata: name('operator-gac-intent') },
      { anchor: `${group}/approve` },
      {
        anchor: `${gac}/resources`,
        metadata: name('cm-team'),
        spec: { app: 'operator', newObject: 'true', resourceGVK: configMap },
        file: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm-team\ndata:\n  team_size: "5"\n',
      },
      {
        anchor: `${gac}/resources/cm-team/customizations`,
        metadata: name('cm-team-customization'),
        spec: {
          clusterSpecific: 'false',
          clusterInfo,
          patchType: 'json',
          patchJson: [{ op: 'replace', path: '/data/team_size', value: '10' }],
          configMapOptions: { dataKeyOptions: [{ fileName: 'data-game.yaml', keyName: 'game.properties' }] },
        },
        files: [['data-game.yaml', 'a=b']],
      },
      { anchor: `${group}/instantiate` },
    ];
    for (const document of documents) await apply(document);
    const reference = await http.get(`/v2/${cloud}/cluster-references/ref`, wire);
    expect(memberOf(reference, 'spec.loadBalancerIP')).toBe('0.0.0.0');
    expect(memberOf(await http.get(`/v2/${group}/status`, wire), 'status')).toBe('Instantiating');
    expect((await http.get(`/v2/${version}/apps/operator`, { ...wire, Accept: 'application/json' })).status).toBe(200);
  });

  it('updates labels and customisations by PUT to their names', async () => {
    const label = await http.put(`/v2/${cluster}/labels/edge`, {
      json: { metadata: { name: '' }, clusterLabel: 'edge' },
    });
    expect(label.status).toBe(201);
    const body = {
      metadata: name('cm-team-customization'),
      spec: { clusterSpecific: 'false', clusterInfo, patchType: 'json', patchJson: [] },
    };
    const answer = await http.put(`/v2/${gac}/resources/cm-team/customizations/cm-team-customization`, {
      metadata: body,
    });
    expect([answer.status, memberOf(answer, 'spec.patchType')]).toEqual([200, 'json']);
    const version2 = { metadata: name('gac-composite-app'), spec: { compositeAppVersion: 'v1' } };
    expect((await http.put(`/v2/${version}`, { json: version2 })).status).toBe(201);
  });

  it('terminates by an empty chunked POST where it deletes an instantiate, and stop has no PUT or DELETE', async () => {
    const chunked = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
    const answer = await http.call({
      method: 'POST',
      path: `/v2/${group}/terminate`,
      headers: { ...wire, ...chunked },
    });
    expect([answer.status, answer.text]).toEqual([202, '']);
    expect((await http.put(`/v2/${group}/stop`, { json: {} })).status).toBe(405);
    expect((await http.remove(`/v2/${group}/stop`)).status).toBe(405);
    expect(memberOf(await http.get(`/v2/${group}/status?status=deployed`), 'deployedStatus')).toBe('Terminating');
  });
});
