/** Waits until a branch moves by somebody else's hand, then finds what of ours was changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DocumentKey } from '#domain/group.ts';
import type { GitSteps, WriterRepository } from '#domain/steps.ts';
import type { ActivityDeps } from './deps.ts';
import { auditForeign, findDrift, type Foreign, markDrift, toHeadFact } from './foreign-commits.ts';
import { readCredentials } from './read-clusters.ts';

const longestPauseMs = 30_000;

export async function watchBranch(
  deps: ActivityDeps,
  input: WriterRepository,
  signal: AbortSignal,
): ReturnType<GitSteps['watchBranch']> {
  const { facts } = deps.store;
  const name = toHeadFact(input);
  for (let pauseMs = deps.branchPollMs; ; pauseMs = toLongerPause(pauseMs)) {
    await sleep(pauseMs, undefined, { signal });
    const known = await facts.get(name);
    if (known === null) continue;
    const where = await look(deps, input, known);
    if (where === null) continue;
    const drifted = await findDrift(deps, where);
    // A push of ours in between has looked at the same commits, and what was found here is of before.
    if ((await facts.get(name)) !== known) continue;
    await auditForeign(deps, where);
    await markDrift(deps, drifted, where);
    if (where.head !== null) await facts.swap(name, known, where.head);
    return { head: where.head ?? '', drifted: drifted.reduce((sum, { rows }) => sum + rows.length, 0) };
  }
}

/** Nobody pushed: hundreds of idle branches shall not cost what busy ones do. The writer's next push begins anew. */
const toLongerPause = (pauseMs: number): number => Math.max(pauseMs, Math.min(pauseMs * 1.5, longestPauseMs));

/** What others did since the head that we know; null when nobody did anything. */
async function look(deps: ActivityDeps, input: WriterRepository, known: string): Promise<Foreign | null> {
  const credentials = await readCredentials(deps.store.documents, input.credentials as DocumentKey);
  const repository = { url: input.url, branch: input.branch, credentials };
  const head = await deps.git.remoteHead(repository);
  if (head === known) return null;
  const { foreign, rewritten } = await deps.git.foreignSince(repository, known);
  return foreign.length === 0 && !rewritten ? null : { repository, head, foreign, rewritten };
}
