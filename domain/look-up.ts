/** Look-ups in patch values, as EMCO's generic action controller has them: `$(http://…)$` stands for what the URL answers. */
import type { ClusterRef } from './group.ts';
import type { Customization } from './inputs.ts';
import type { JsonObject } from './json.ts';

/** The URL inside, placeholders and all; null for any other value. */
export function toLookUp(value: unknown): string | null {
  if (typeof value !== 'string' || !value.startsWith('$(http') || !value.endsWith(')$')) return null;
  return value.slice(2, -2);
}

/** `{clusterProvider}` and `{cluster}` filled in, wherever they stand. */
export const fillPlaceholders = (url: string, { provider, cluster }: ClusterRef): string =>
  url.replaceAll('{clusterProvider}', provider).replaceAll('{cluster}', cluster);

/** The URL of the operation's look-up; operations that take no value have none. */
export const toOperationLookUp = ({ op, value }: JsonObject): string | null =>
  op === 'add' || op === 'replace' || op === 'test' ? toLookUp(value) : null;

export const asksLookUps = ({ patchType, patchJson }: Customization): boolean =>
  patchType === 'json' && patchJson.some((operation) => toOperationLookUp(operation) !== null);
