import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from '#lab/resolver/index.ts';

/** A field of a Go struct: JSON name, Go type, and the tags `patchStrategy` and `patchMergeKey` where it has them. */
export interface StructField {
  readonly name: string;
  /** `*` for a pointer, `[]` for a list, then a kind (`int32`, `map` …) or a struct's full name. */
  readonly type: string;
  readonly strategy?: string;
  readonly key?: string;
}

export interface GoTypes {
  /** By `apps/v1 Deployment`: the full name of the struct. */
  readonly kinds: ReadonlyMap<string, string>;
  /** By full name, such as `k8s.io/api/core/v1.Container`. */
  readonly structs: ReadonlyMap<string, readonly StructField[]>;
}

const GO_ENV = { GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'go1.27.3', CGO_ENABLED: '0', GOWORK: 'off' };
const MODULES = ['apiextensions-apiserver', 'client-go', 'kube-aggregator'];

/** What Go reflection says of the kinds that client-go, kubectl's library, knows. `version` is such as `v0.34.4`. */
export async function readGoTypes(version: string): Promise<GoTypes> {
  const folder = await mkdtemp(join(tmpdir(), 'emco-go-types-'));
  try {
    await copyFile(new URL('struct-fields.go', import.meta.url), join(folder, 'main.go'));
    const modules = MODULES.map((name) => `require k8s.io/${name} ${version}`);
    await writeFile(join(folder, 'go.mod'), ['module types', 'go 1.25', ...modules, ''].join('\n'));
    return parse(await runCommand(['go', 'run', '.'], { cwd: folder, env: GO_ENV }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parse(text: string): GoTypes {
  // The program beside this file writes just this.
  const said = JSON.parse(text) as { kinds: Record<string, string>; structs: Record<string, StructField[] | null> };
  return {
    kinds: new Map(Object.entries(said.kinds)),
    structs: new Map(Object.entries(said.structs).map(([name, fields]) => [name, fields ?? []])),
  };
}
