import { makeChecks } from '#lab/demo/checks.ts';
import { clusterNames, toExpectedAgents, toExpectedFiles } from '#lab/demo/expected.ts';
import { expect, test } from 'vitest';

test('a check that holds is counted and told, one that does not says what was expected and what was found', () => {
  const lines: string[] = [];
  const checks = makeChecks((line) => lines.push(line));
  checks.same('replicas', 2, 2);
  checks.sameSet('files', ['b', 'a'], ['a', 'b']);
  expect(lines).toEqual(['   ok  replicas: 2', '   ok  files: exactly the 2 expected']);
  expect(() => checks.same('replicas', 3, 2)).toThrow('replicas: expected 2, found 3');
  expect(() => checks.sameSet('files', ['a', 'x'], ['a', 'b'])).toThrow(
    'files: expected exactly 2 named ones, found no b, also x',
  );
  expect(checks.passed()).toEqual(['replicas', 'files']);
});

test('the expectation names every file once, below folders of the group only', () => {
  const files = toExpectedFiles('77');
  expect(new Set(files).size).toBe(files.length);
  for (const file of files)
    expect(file).toMatch(
      /^(deploy\/[a-z]+\+c\d\/(\.emco|77\/[a-z.]+\/.*\.yaml)|clusters\/[a-z]+\+c\d\/emco\/77\.yaml)$/,
    );
  expect(clusterNames.map((cluster) => toExpectedAgents(cluster, '77'))).toEqual([
    ['emco-77-db', 'emco-77-db-crds', 'emco-77-web'],
    ['emco-77-api', 'emco-77-web'],
    ['emco-77-api'],
  ]);
});
