import type { Plan } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ApiDeps } from '#api/deps.ts';

/** A frozen plan, as the step that froze it wrote it. */
export async function loadPlan(deps: ApiDeps, digest: BlobAddress): Promise<Plan> {
  return JSON.parse(new TextDecoder().decode(await deps.store.blobs.get(digest))) as Plan;
}
