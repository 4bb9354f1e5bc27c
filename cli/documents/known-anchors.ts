/** Which file a document below an anchor carries. */
export type FileNeed = 'none' | 'gzip' | 'any' | 'many';

const version = 'projects/*/composite-apps/*/*';
const group = `${version}/deployment-intent-groups/*`;
const resource = `${group}/generic-k8s-intents/*/resources`;
const traffic = `${group}/traffic-group-intents`;
const cloud = 'projects/*/logical-clouds/*';
const provider = 'cluster-providers/*';

/** Collections that documents are created in; `*` stands for one name. */
const collections: Readonly<Record<string, FileNeed>> = {
  projects: 'none',
  controllers: 'none',
  'clm-controllers': 'none',
  'dtc-controllers': 'none',
  'cluster-providers': 'none',
  [`${provider}/clusters`]: 'any',
  [`${provider}/cluster-sync-objects`]: 'none',
  [`${provider}/clusters/*/labels`]: 'none',
  [`${provider}/clusters/*/kv-pairs`]: 'none',
  'projects/*/logical-clouds': 'none',
  [`${cloud}/cluster-references`]: 'none',
  [`${cloud}/user-permissions`]: 'none',
  [`${cloud}/cluster-quotas`]: 'none',
  [`${cloud}/kv-pairs`]: 'none',
  'projects/*/composite-apps': 'none',
  [`${version}/apps`]: 'gzip',
  [`${version}/apps/*/dependency`]: 'none',
  [`${version}/composite-profiles`]: 'none',
  [`${version}/composite-profiles/*/profiles`]: 'gzip',
  [`${version}/deployment-intent-groups`]: 'none',
  [`${group}/intents`]: 'none',
  [`${group}/generic-placement-intents`]: 'none',
  [`${group}/generic-placement-intents/*/app-intents`]: 'none',
  [`${group}/generic-k8s-intents`]: 'none',
  [resource]: 'any',
  [`${resource}/*/customizations`]: 'many',
  [traffic]: 'none',
  [`${traffic}/*/inbound-intents`]: 'none',
  [`${traffic}/*/inbound-intents/*/clients`]: 'none',
  [`${traffic}/*/inbound-intents/*/clients/*/access-points`]: 'none',
};

const actions: Readonly<Record<string, readonly string[]>> = {
  [group]: [
    'approve',
    'instantiate',
    'update',
    'migrate',
    'rollback',
    'terminate',
    'stop',
    'pause',
    'resume',
    'status',
  ],
  [cloud]: ['instantiate', 'update', 'terminate', 'stop', 'status'],
};

/** What is known of an anchor; null when no document goes there. */
export function toFileNeed(anchor: string): FileNeed | null {
  const path = anchor.split('?')[0] ?? '';
  for (const [pattern, need] of Object.entries(collections)) if (matches(pattern, path)) return need;
  const slash = path.lastIndexOf('/');
  const known = Object.entries(actions).some(
    ([pattern, names]) => matches(pattern, path.slice(0, slash)) && names.includes(path.slice(slash + 1)),
  );
  return known ? 'none' : null;
}

/** Whether the API takes documents of this anchor as a form even when they name no file. */
export const isAlwaysForm = (anchor: string): boolean => !['none', null].includes(toFileNeed(anchor));

/** The collection that was probably meant: the one with as many segments and the most equal ones. */
export function toNearestAnchor(anchor: string): string {
  const segments = anchor.split('/');
  const scored = Object.keys(collections)
    .map((pattern) => ({ pattern, score: score(pattern.split('/'), segments) }))
    .sort((a, b) => b.score - a.score);
  return scored[0]?.pattern ?? '';
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const found = path.split('/');
  return wanted.length === found.length && wanted.every((name, index) => name === '*' || name === found[index]);
}

function score(pattern: readonly string[], segments: readonly string[]): number {
  const equal = pattern.filter((name, index) => name !== '*' && name === segments[index]).length;
  return equal - Math.abs(pattern.length - segments.length);
}
