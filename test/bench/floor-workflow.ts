/** A bare workflow: eight activities one after another, and nothing else. */
import { proxyActivities } from '@temporalio/workflow';

interface FloorActivities {
  nothing(): Promise<void>;
}

const { nothing } = proxyActivities<FloorActivities>({ startToCloseTimeout: '1 minute' });

export async function eightActivities(): Promise<void> {
  for (let count = 0; count < 8; count += 1) await nothing();
}
