/** Parts of EMCO's API that nothing acts upon: kept, or refused by name. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { seedGroup, type SeededGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;
let group: SeededGroup;

beforeAll(async () => {
  database = await startTestStore();
  api = await startTestApi(database.store);
  http = makeCaller(api.url);
  group = await seedGroup(http, { project: 'parts', apps: ['web'], clusters: ['c1'] });
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

const named = (name: string, spec?: object) => ({
  json: { metadata: { name }, ...(spec === undefined ? {} : { spec }) },
});
const server = { app: 'web', appLabel: 'app=web', serviceName: 'web', port: 443, protocol: 'TCP' };

describe("EMCO's traffic intents", () => {
  it('are kept below their group as EMCO keeps them, with a warning', async () => {
    const at = `${group.path}/traffic-group-intents`;
    const created = await http.post(at, named('traffic'));
    expect([created.status, created.headers['warning']]).toEqual([
      201,
      '299 emco "traffic intents are kept; nothing acts on them"',
    ]);
    const servers = `${at}/traffic/inbound-intents`;
    const certificates = { serviceCertificate: 'cert', servicePrivateKey: 'key', caCertificate: 'ca' };
    const spec = { ...server, serviceMesh: 'istio', external: { externalCerts: certificates } };
    expect((await http.post(servers, named('web', spec))).status).toBe(201);
    expect(
      (await http.post(`${servers}/web/clients`, named('shop', { ...server, namespaces: [], cidrs: [] }))).status,
    ).toBe(201);
    const access = { action: 'ALLOW', url: ['/x/*'], access: ['GET'] };
    expect((await http.post(`${servers}/web/clients/shop/access-points`, named('read', access))).status).toBe(201);
    const read = await http.get(`${servers}/web`);
    expect(memberOf(read, 'spec.serviceMesh')).toBe('istio');
    expect(memberOf(read, 'spec.external.externalCerts')).toEqual({ ...certificates, servicePrivateKey: '' });
    expect((await http.put(`${servers}/web`, named('web', { ...spec, port: 80 }))).status).toBe(201);
    expect(memberOf(await http.get(`${servers}/web/clients/shop/access-points/read`), 'spec')).toEqual(access);
    const children = await http.remove(`${at}/traffic`);
    expect([children.status, children.text]).toEqual([
      409,
      'Cannot delete parent without deleting child references first\n',
    ]);
    for (const path of ['web/clients/shop/access-points/read', 'web/clients/shop', 'web'])
      expect((await http.remove(`${servers}/${path}`)).status).toBe(204);
    expect((await http.remove(`${at}/traffic`)).status).toBe(204);
  });

  it('without what EMCO wants are refused', async () => {
    await http.post(`${group.path}/traffic-group-intents`, named('bare'));
    const answer = await http.post(`${group.path}/traffic-group-intents/bare/inbound-intents`, named('web', {}));
    expect(answer.status).toBe(400);
    const missing = await http.post(`${group.path}/traffic-group-intents/none/inbound-intents`, named('web', server));
    expect([missing.status, missing.text]).toEqual([
      409,
      'Cannot perform requested operation. Parent resource not found\n',
    ]);
  });
});

describe('what emco has no successor for', () => {
  it.each([
    ['cluster-providers/parts/clusters/c1/networks', 'ncm'],
    ['cluster-providers/parts/clusters/c1/provider-networks/n1', 'ncm'],
    ['cluster-providers/parts/clusters/c1/apply', 'ncm'],
    ['cluster-providers/parts/clusters/c1/status', 'ncm'],
    ['cluster-providers/parts/ca-certs/c/enrollment/instantiate', 'ca-certs'],
    ['projects/parts/ca-certs', 'ca-certs'],
    ['projects/parts/policy', 'policy'],
    ['GROUP/network-chains', 'sfc'],
    ['GROUP/sfc-clients/x', 'sfc'],
    ['GROUP/network-controller-intent/n/workload-intents', 'ovnaction'],
    ['GROUP/hpa-intents', 'hpa'],
    ['GROUP/temporal-workflow-intents/w/start', 'workflowmgr'],
    ['GROUP/temporal-action-controller', 'tac'],
    ['GROUP/policy-intents', 'policy'],
  ])('%s is refused by name, whatever is asked of it', async (anchor, part) => {
    const path = `/v2/${anchor}`.replace('/v2/GROUP', group.path);
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const answer = await http.call({ method, path });
      expect([answer.status, answer.text]).toEqual([501, expect.stringContaining(part)]);
    }
    const json = await http.get(path, { Accept: 'application/json' });
    expect(memberOf(json, 'code')).toBe('not-implemented');
  });
});
