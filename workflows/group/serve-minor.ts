/** Pause and resume: they change how a running operation goes on and take nothing's place. */
import type { GroupKey } from '#domain/group.ts';
import { groupSteps } from '#workflows/activities.ts';
import type { Desk } from './desk.ts';

export async function serveMinorRequests(desk: Desk, group: GroupKey): Promise<void> {
  for (const { request } of desk.takeMinor()) {
    const acceptance = await groupSteps.acceptOperation({ group, request });
    if (!acceptance.accepted) continue;
    desk.paused = request.kind === 'pause';
    await groupSteps.setPaused({ ...acceptance.context, paused: desk.paused });
    await groupSteps.endOperation({ ...acceptance.context, state: 'done', message: '' });
  }
}
