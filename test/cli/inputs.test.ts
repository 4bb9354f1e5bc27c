/** Where documents, values and the server's address come from. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startRecordingServer } from './recording-server.ts';
import { runEmco } from './run-emco.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emco-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('documents come from standard input and are filled from a values file', async () => {
  await using server = await startRecordingServer();
  const values = join(folder, 'values.yaml');
  await writeFile(values, 'Project: shop\nNested: {Number: 3}\n');
  const stdin =
    'resourceContext: {anchor: projects}\nmetadata: {name: "{{ .Project }}", description: "{{.Nested.Number}}"}\n';
  const { code } = await runEmco(['apply', '-f', '-', '-v', values], { server: server.url, stdin });
  expect(code).toBe(0);
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ metadata: { name: 'shop', description: '3' } });

  const missing = await runEmco(['apply', '-f', '-', '-v', values], { server: server.url, stdin: 'a: {{ .Nope }}\n' });
  expect(missing.code).toBe(2);
  expect(missing.err).toContain('stdin:1:7: expected a value for {{ .Nope }}, found none: written as <no value>');
});

test('a folder stands for its YAML files in order of their names, and a template that is wrong is an error with its place', async () => {
  const parts = join(folder, 'parts');
  await mkdir(parts);
  await writeFile(
    join(parts, 'b.yml'),
    'resourceContext: {anchor: projects}\nmetadata: {name: {{ index .Names 1 }}}\n',
  );
  await writeFile(
    join(parts, 'a.yaml'),
    'resourceContext: {anchor: projects}\nmetadata: {name: {{ index .Names 0 }}}\n',
  );
  await writeFile(join(parts, 'note.txt'), 'no document');
  const values = join(folder, 'names.yaml');
  await writeFile(values, 'Names: [one, two]\n');
  await using server = await startRecordingServer();
  expect((await runEmco(['apply', '-f', parts, '-v', values], { server: server.url })).code).toBe(0);
  const names = server.requests.map(({ body }) => JSON.parse(body).metadata.name);
  expect(names).toEqual(['one', 'two']);
  const wrong = await runEmco(['apply', '-f', '-', '-v', values], {
    server: server.url,
    stdin: 'a: 1\nb: {{ .Names | x }}\n',
  });
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('stdin:2:16: function x is not supported');
});

test("the server may come from a configuration of EMCO's client: its ingress, else its orchestrator", async () => {
  await using server = await startRecordingServer();
  const { hostname, port } = new URL(server.url);
  const home = join(folder, 'home');
  await mkdir(home);
  await writeFile(
    join(home, '.emco.yaml'),
    `orchestrator: {host: ${hostname}, port: ${port}, statusPort: 1}\nclm: {port: 2}\n`,
  );
  const config = join(folder, 'emco-cfg.yaml');
  await writeFile(config, `Ingress:\n  Host: ${hostname}\n  Port: ${port}\norchestrator: {host: h, port: 1}\n`);
  const fromHome = await runEmco(['get', 'projects'], { env: { HOME: home } });
  expect([fromHome.code, fromHome.err]).toEqual([0, expect.stringContaining(`server ${server.url}, from`)]);
  expect((await runEmco(['get', 'projects', '--config', config], { env: { EMCO_URL: 'http://h:1' } })).code).toBe(0);
  expect(server.requests).toHaveLength(2);
  await writeFile(config, 'clm: {host: h, port: 1}\n');
  const neither = await runEmco(['get', 'projects', '--config', config]);
  expect([neither.code, neither.err]).toEqual([
    2,
    expect.stringContaining('expected ingress or orchestrator with host and port'),
  ]);
});
