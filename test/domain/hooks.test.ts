import { describe, expect, it } from 'vitest';
import {
  type BundleHook,
  hookRunAnnotation,
  toHooksOf,
  toOccasionHooks,
  toRunObject,
  withoutTimeToLive,
} from '#domain/hooks.ts';
import { toHookEnd } from '#domain/health-hooks.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

const hook = (name: string, change: Partial<BundleHook> = {}): BundleHook => ({
  path: `${change.kind ?? 'Job'}-${name}.yaml`.toLowerCase(),
  kind: 'Job',
  name,
  namespace: 'shop',
  events: ['pre-install'],
  weight: 0,
  deletePolicies: ['before-hook-creation'],
  ...change,
});

const object = (kind: string, spec: object, apiVersion = 'v1'): KubernetesObject =>
  ({ apiVersion, kind, metadata: { name: 'x', annotations: { own: 'stays' } }, spec }) as KubernetesObject; // literal JSON

const job = object('Job', { ttlSecondsAfterFinished: 5, template: { spec: {} } }, 'batch/v1');

describe('hooks of an occasion', () => {
  it('come by weight, then name, then kind, those before the app and those after it apart', () => {
    const hooks = [
      hook('b', { weight: 1 }),
      hook('z', { weight: -5 }),
      hook('a', { kind: 'Job' }),
      hook('a', { kind: 'ServiceAccount' }),
      hook('after', { events: ['post-install', 'pre-upgrade'] }),
      hook('never', { events: ['post-delete'] }),
    ];
    const { before, after } = toOccasionHooks(hooks, 'install');
    expect(before.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['Job z', 'ServiceAccount a', 'Job a', 'Job b']);
    expect(after.map(({ name }) => name)).toEqual(['after']);
  });

  it('end with the deletion of CRDs where a terminate asks for it, and are none where it wants none', () => {
    const bundle = { hooks: [hook('last', { events: ['post-delete'] })], trees: { main: null, crds: 'c' } };
    const paths = (removal: { deleteCrds: boolean; skipHooks: boolean }, crds: string | null = 'c') =>
      toHooksOf({ ...bundle, trees: { main: null, crds } }, { occasion: 'delete', removal }).after.map(
        ({ path }) => path,
      );
    expect(paths({ deleteCrds: false, skipHooks: false })).toEqual(['job-last.yaml']);
    expect(paths({ deleteCrds: true, skipHooks: false })).toEqual(['job-last.yaml', '']);
    expect(paths({ deleteCrds: true, skipHooks: true })).toEqual(['']);
    expect(paths({ deleteCrds: true, skipHooks: true }, null)).toEqual([]);
  });

  it('lose their time to live, since an agent would run them again', () => {
    expect(withoutTimeToLive(job)).toEqual({ ...job, spec: { template: { spec: {} } } });
    const other = object('Deployment', { ttlSecondsAfterFinished: 5 }, 'apps/v1');
    expect(withoutTimeToLive(other)).toBe(other);
  });
});

describe('the object of a run', () => {
  const options = { run: '7.1', keeps: true, keepAnnotations: { 'agent/prune': 'disabled' } };

  it('says its run, also in the field by which a Job or Pod must be made anew, and stays where it shall', () => {
    expect(toRunObject(job, options)).toMatchObject({
      metadata: { annotations: { own: 'stays', [hookRunAnnotation]: '7.1', 'agent/prune': 'disabled' } },
      spec: { template: { metadata: { annotations: { [hookRunAnnotation]: '7.1' } } } },
    });
    const pod = toRunObject(object('Pod', { tolerations: [{ key: 'mine' }] }), { ...options, keeps: false });
    expect(pod.metadata['annotations']).toEqual({ own: 'stays', [hookRunAnnotation]: '7.1' });
    expect(pod['spec']).toEqual({
      tolerations: [{ key: 'mine' }, { key: hookRunAnnotation, operator: 'Equal', value: '7.1' }],
    });
  });
});

describe('the end of a hook', () => {
  const end = (kind: string, status: object) => {
    const group = kind === 'Job' ? 'batch' : '';
    const live = { ...object(kind, {}), status } as KubernetesObject; // literal JSON
    return toHookEnd(live, { group, kind, status: 'Current', message: 'm' }).status;
  };
  const condition = (type: string) => ({ conditions: [{ type, status: 'True' }] });

  it('is that of its Job or Pod, however healthy that runs', () => {
    expect(end('Job', {})).toBe('InProgress');
    expect(end('Job', condition('Suspended'))).toBe('InProgress');
    expect(end('Job', condition('Complete'))).toBe('Current');
    expect(end('Job', condition('Failed'))).toBe('Failed');
    expect(end('Pod', { phase: 'Running', ...condition('Ready') })).toBe('InProgress');
    expect(end('Pod', { phase: 'Succeeded' })).toBe('Current');
    expect(end('Pod', { phase: 'Failed' })).toBe('Failed');
  });

  it('is for any other kind that it is there', () => {
    expect(end('ConfigMap', {})).toBe('Current');
  });
});
