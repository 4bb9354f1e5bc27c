/** Look-ups in patch values, as EMCO's generic action controller has them: `$(http://…)$` stands for what the URL answers. */
import type { ClusterRef } from './group.ts';

/** The URL inside, placeholders and all; null for any other value. */
export function toLookUp(value: unknown): string | null {
  if (typeof value !== 'string' || !value.startsWith('$(http') || !value.endsWith(')$')) return null;
  return value.slice(2, -2);
}

/** `{clusterProvider}` and `{cluster}` filled in, wherever they stand. */
export const fillPlaceholders = (url: string, { provider, cluster }: ClusterRef): string =>
  url.replaceAll('{clusterProvider}', provider).replaceAll('{cluster}', cluster);
