/** CRDs, hooks and the rest, told apart. */
import { isJsonObject } from '#domain/json.ts';
import { withoutTimeToLive } from '#domain/hooks.ts';
import type { Hook, HookEvent, KubernetesObject, RenderedApp } from '#domain/manifest.ts';
import { isKept } from '#domain/normal-form.ts';
import { isCrd, toCrdScopes, toScopeWarnings } from '#domain/scope.ts';

const hookEvents: readonly HookEvent[] = [
  'pre-install',
  'post-install',
  'pre-upgrade',
  'post-upgrade',
  'pre-delete',
  'post-delete',
  'pre-rollback',
  'post-rollback',
];

const testEvents = ['test', 'test-success', 'test-failure'];

/** A CRD is never a hook; tests are dropped; hooks come by weight, then name, as Helm runs them. */
export function sortObjects(app: string, all: readonly KubernetesObject[]): RenderedApp {
  const crds = all.filter(isCrd);
  const others = all.filter((object) => !isCrd(object));
  const plain = others.filter((object) => findAnnotation(object, 'helm.sh/hook') === null);
  const hooks = others.flatMap(toHooks).sort(byWeightThenName);
  const warnings = [
    ...toScopeWarnings([...plain, ...hooks.map((hook) => hook.object)], toCrdScopes(crds)),
    ...others.flatMap(toUnknownHookWarnings),
    ...plain.filter(isKept).map(toKeepWarning),
  ];
  return { app, crds, objects: plain, hooks, warnings };
}

function findAnnotation(object: KubernetesObject, name: string): string | null {
  const { annotations } = object.metadata;
  const value = isJsonObject(annotations) ? annotations[name] : undefined;
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}

const toList = (value: string | null): readonly string[] =>
  (value ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '');

function toHooks(object: KubernetesObject): readonly Hook[] {
  const named = toList(findAnnotation(object, 'helm.sh/hook'));
  const events = hookEvents.filter((event) => named.includes(event));
  if (events.length === 0) return [];
  const weight = findAnnotation(object, 'helm.sh/hook-weight') ?? '';
  const policies = toList(findAnnotation(object, 'helm.sh/hook-delete-policy'));
  return [
    {
      events,
      weight: /^[-+]?\d{1,9}$/.test(weight) ? Number(weight) : 0,
      deletePolicies: policies.length > 0 ? policies : ['before-hook-creation'],
      object: withoutTimeToLive(object),
    },
  ];
}

const byWeightThenName = (a: Hook, b: Hook): number =>
  a.weight - b.weight ||
  (a.object.metadata.name < b.object.metadata.name ? -1 : Number(a.object.metadata.name > b.object.metadata.name));

function toUnknownHookWarnings(object: KubernetesObject): readonly string[] {
  const known = new Set<string>([...hookEvents, ...testEvents]);
  return toList(findAnnotation(object, 'helm.sh/hook'))
    .filter((event) => !known.has(event))
    .map((event) => `${object.kind} ${object.metadata.name}: hook event ${event} is unknown and ignored`);
}

const toKeepWarning = (object: KubernetesObject): string =>
  `${object.kind} ${object.metadata.name}: helm.sh/resource-policy keep: it stays on the cluster when it leaves the plan or the group is terminated`;
