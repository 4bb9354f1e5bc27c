import { toObjectName } from '#domain/names.ts';
import type { Sha256 } from '#domain/names.ts';

/** Longer names fail: Flux makes a label of them. */
const longestName = 63;

export const fluxNamespace = 'flux-system';
/** The source that `flux bootstrap` makes. */
export const bootstrapSource = 'flux-system';

export type Part = 'main' | 'crds' | 'hooks';

const suffixes = { main: '', crds: '-crds', hooks: '-hooks' } as const;

/** `emco-<gid>-web`, `emco-<gid>-web-crds`. Different (app, part) never share a name. */
export function toKustomizationName(
  gid: string,
  app: string,
  { part, sha256 }: { part: Part; sha256: Sha256 },
): string {
  const suffix = suffixes[part];
  // An app called web-crds would meet the CRDs of web; the dot, which no slug can hold, makes its name end in a hash.
  const distinct = /-(crds|hooks)$/.test(app) ? `${app}.` : app;
  return `${toObjectName(gid, distinct, { max: longestName - suffix.length, sha256 })}${suffix}`;
}

/** `web`, `web.crds`, `web.hooks`; an app whose own name ends like a part gets `.main`, so that no two share a folder. */
export function toFolderName(app: string, part: Part): string {
  if (part !== 'main') return `${app}.${part}`;
  return /\.(crds|hooks|main)$/.test(app) ? `${app}.main` : app;
}

export const toSourceKey = (url: string, branch: string, sha256: Sha256): string =>
  sha256(`${url}#${branch}`).slice(0, 8);
