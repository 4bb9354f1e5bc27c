import { Failure } from '#domain/failure.ts';
import type { Problem } from '#domain/failure.ts';
import type { GitopsSettings } from '#domain/inputs.ts';

/** What the sync objects of a cluster say about its Flux objects. */
export interface FluxSettings {
  readonly interval: string;
  readonly retryInterval: string;
  /** Absent: Flux takes the interval. */
  readonly timeout?: string;
  readonly source: { readonly kind: 'bootstrap' } | { readonly kind: 'own'; readonly secretRef: string };
}

const longestSeconds = 604_800;

/**
 * Reads `timeOut`, `syncInterval`, `retryInterval` (seconds), `source` (`bootstrap` or `own`) and `secretRef` (own source only).
 * @throws Failure `document-invalid` with all problems.
 */
export function parseFluxSettings({ settings, resourceObject }: GitopsSettings): FluxSettings {
  const problems: Problem[] = [];
  const refuse = (key: string, expected: string): void => {
    const object = `sync object ${resourceObject === '' ? 'of the cluster' : resourceObject} key ${key}`;
    problems.push({ object, expected, found: `'${settings[key] ?? ''}'` });
  };
  const seconds = (key: string): string | null => {
    const text = (settings[key] ?? '').trim();
    if (text === '') return null;
    if (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= longestSeconds) return `${Number(text)}s`;
    refuse(key, `seconds from 1 to ${longestSeconds}`);
    return null;
  };
  const timeout = seconds('timeOut');
  const result: FluxSettings = {
    interval: seconds('syncInterval') ?? '10m',
    retryInterval: seconds('retryInterval') ?? '30s',
    ...(timeout === null ? {} : { timeout }),
    source: toSource(settings, refuse),
  };
  if (problems.length > 0) throw new Failure('document-invalid', problems);
  return result;
}

function toSource(
  settings: GitopsSettings['settings'],
  refuse: (key: string, expected: string) => void,
): FluxSettings['source'] {
  const kind = settings['source'] ?? '';
  const secretRef = settings['secretRef'] ?? '';
  if (!/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/.test(secretRef))
    refuse('secretRef', 'the name of a Secret in flux-system');
  if (kind === 'own') return { kind: 'own', secretRef };
  if (kind !== '' && kind !== 'bootstrap') refuse('source', "'bootstrap' or 'own'");
  if (secretRef !== '') refuse('secretRef', "a Secret only with source 'own'");
  return { kind: 'bootstrap' };
}
