import { Failure } from '#domain/failure.ts';
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import type { HookOccasion, HookProgress, HookState } from '#domain/hooks.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { TargetPhase, TargetRow } from '#domain/status.ts';

import type { Query } from './database.ts';

/**
 * Three plain reads put together here: joined in SQL, a planner without statistics of rows that were written a moment ago
 * (PGlite never has any) looks up every bundle and cluster singly, which takes six times as long.
 */
export async function readTargets(query: Query, key: GroupKey): Promise<readonly TargetRow[]> {
  const { rows: groups } = await query<GroupIds>('select id, gid from groups where key = $1', [key]);
  const [group] = groups;
  if (group === undefined) return [];
  const { rows } = await query<TargetColumns>(selectTargets, [group.id]);
  const ids = new Set(
    rows.flatMap(({ bundle, previous_bundle }) => [bundle, previous_bundle]).filter((id) => id !== null),
  );
  const [bundles, connectivity] = await Promise.all([findAddresses(query, [...ids]), readConnectivity(query)]);
  return rows.map((row) => {
    const link = connectivity.get(row.cluster);
    return {
      group: key,
      app: row.app,
      cluster: row.cluster,
      gid: group.gid,
      bundle: toAddress(bundles, row.bundle),
      previousBundle: toAddress(bundles, row.previous_bundle),
      operation: row.operation,
      revision: row.revision,
      wave: row.wave,
      phase: row.phase,
      commit: row.commit_id,
      // A target without a word of its own says why its cluster does not answer.
      message: row.message === '' && link?.state === 'Retrying' ? link.message : row.message,
      connectivity: link?.state ?? 'Unknown',
      phaseSince: row.phase_since,
      hook: toHook(row),
    };
  });
}

interface GroupIds {
  readonly id: number;
  readonly gid: string;
}

const selectTargets = `select app, cluster, bundle, previous_bundle, operation, revision, wave, phase, commit_id, message,
    phase_since, hook_occasion, hooks_done, hook_state, hook_content, hook_since, deletes_crds, skips_hooks
  from targets where group_id = $1 order by app, cluster`;

interface TargetColumns {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly bundle: number | null;
  readonly previous_bundle: number | null;
  readonly operation: number;
  readonly revision: number;
  readonly wave: number;
  readonly phase: TargetPhase;
  readonly commit_id: string;
  readonly message: string;
  readonly phase_since: string;
  readonly hook_occasion: HookOccasion | null;
  readonly hooks_done: number;
  readonly hook_state: HookState;
  readonly hook_content: BlobAddress | null;
  readonly hook_since: string | null;
  readonly deletes_crds: boolean;
  readonly skips_hooks: boolean;
}

const toHook = (row: TargetColumns): HookProgress | null =>
  row.hook_occasion === null && row.hook_content === null
    ? null
    : {
        occasion: row.hook_occasion,
        done: row.hooks_done,
        state: row.hook_state,
        content: row.hook_content,
        since: row.hook_since ?? row.phase_since,
        removal: { deleteCrds: row.deletes_crds, skipHooks: row.skips_hooks },
      };

async function findAddresses(query: Query, ids: readonly number[]): Promise<ReadonlyMap<number, BlobAddress>> {
  const { rows } = await query<{ id: number; address: BlobAddress }>(
    'select id, address from bundles where id = any($1)',
    [ids],
  );
  return new Map(rows.map(({ id, address }) => [id, address]));
}

/** Null means that the target shall be gone, so a bundle that can't be found must not read like that. */
function toAddress(bundles: ReadonlyMap<number, BlobAddress>, id: number | null): BlobAddress | null {
  if (id === null) return null;
  const address = bundles.get(id);
  if (address !== undefined) return address;
  throw new Failure('internal', [{ object: `bundle ${id} of a target`, expected: 'its row', found: 'none' }]);
}

interface ConnectivityRow {
  readonly cluster: ClusterKey;
  readonly state: TargetRow['connectivity'];
  readonly message: string;
}

/** Of all clusters that are watched: one short row each. */
async function readConnectivity(query: Query): Promise<ReadonlyMap<ClusterKey, ConnectivityRow>> {
  const { rows } = await query<ConnectivityRow>('select cluster, state, message from connectivity');
  return new Map(rows.map((row) => [row.cluster, row]));
}
