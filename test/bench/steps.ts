/** Where the time of an operation went, by the histories of its workflows. */
import type { Client } from '@temporalio/client';

/** Seconds from scheduled to completed, summed by activity, of everything scheduled since a moment. */
export async function readSteps(
  client: Client,
  workflowIds: readonly string[],
  sinceMs: number,
): Promise<Readonly<Record<string, number>>> {
  const steps: Record<string, number> = {};
  for (const id of workflowIds) {
    const { events } = await client.workflow.getHandle(id).fetchHistory();
    const scheduled = new Map<string, { name: string; atMs: number }>();
    for (const event of events ?? []) {
      const atMs = toMs(event.eventTime);
      const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
      if (typeof name === 'string' && atMs >= sinceMs) scheduled.set(String(event.eventId), { name, atMs });
      const begun = scheduled.get(String(event.activityTaskCompletedEventAttributes?.scheduledEventId));
      if (begun !== undefined)
        steps[begun.name] = Number(((steps[begun.name] ?? 0) + (atMs - begun.atMs) / 1000).toFixed(3));
    }
  }
  return steps;
}

interface Timestamp {
  readonly seconds?: { toString(): string } | null;
  readonly nanos?: number | null;
}

const toMs = (time: Timestamp | null | undefined): number =>
  Number(time?.seconds?.toString() ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;
