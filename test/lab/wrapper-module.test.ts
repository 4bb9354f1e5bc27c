import { expect, it } from 'vitest';

import { wrapperModule } from '#lab/resolver/install-go.ts';
import { isAtLeast } from '#lab/resolver/probe-program.ts';
import type { GoRecipe } from '#lab/resolver/tool.ts';

const RECIPE: GoRecipe = {
  kind: 'go',
  version: 'v1.2.3',
  module: 'example.org/thing',
  command: 'example.org/thing/cmd',
};

const GO_MOD = `module example.org/thing

require (
	k8s.io/api v0.0.0
	k8s.io/utils v0.0.0-20250604
)

replace (
	example.org/thing/api => ./api
	github.com/opencontainers/go-digest => github.com/opencontainers/go-digest v1.0.1
)

replace k8s.io/api => ./staging/src/k8s.io/api
`;

it('the wrapper requires the module and keeps only those replacements that do not point into its repository', () => {
  expect(wrapperModule(RECIPE, GO_MOD)).toBe(
    [
      'module lab',
      '',
      'go 1.25',
      '',
      'require example.org/thing v1.2.3',
      'replace github.com/opencontainers/go-digest => github.com/opencontainers/go-digest v1.0.1',
      '',
    ].join('\n'),
  );
});

it('staging modules get the version that belongs to the release', () => {
  const text = wrapperModule({ ...RECIPE, stagingVersion: 'v0.34.4' }, GO_MOD);
  expect(text).toContain('replace k8s.io/api => k8s.io/api v0.34.4\n');
  expect(text).not.toContain('k8s.io/utils');
});

it('replacements of the recipe win over those of the module', () => {
  const replace = { 'github.com/opencontainers/go-digest': 'v9.9.9' };
  expect(wrapperModule({ ...RECIPE, replace }, GO_MOD)).toContain('go-digest v9.9.9');
});

it('versions are compared number by number', () => {
  expect(isAtLeast('3.10.0', '3.9.5')).toBe(true);
  expect(isAtLeast('3.9.5', '3.10.0')).toBe(false);
  expect(isAtLeast('15.4', '14.0')).toBe(true);
  expect(isAtLeast('1.34', '1.34.0')).toBe(true);
});
