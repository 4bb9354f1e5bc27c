/** Pause and resume: they change how a running operation goes on and take nothing's place. */
import type { GroupKey } from '#domain/group.ts';
import { groupSteps } from '#workflows/activities.ts';
import { type Desk, isMinor } from './desk.ts';

export async function serveMinorRequests(desk: Desk, group: GroupKey): Promise<void> {
  for (const queued of desk.takeMinor()) {
    const { request } = queued;
    const acceptance = await groupSteps.acceptOperation({ group, request });
    if (!acceptance.accepted) continue;
    const { kind } = acceptance.context;
    // To resume a stopped group is to ask again for what was stopped.
    if (!isMinor(kind)) desk.putBack({ ...queued, request: { ...request, kind } });
    if (!isMinor(kind)) continue;
    desk.paused = request.kind === 'pause';
    await groupSteps.setPaused({ ...acceptance.context, paused: desk.paused });
    await groupSteps.endOperation({ ...acceptance.context, state: 'done', message: '' });
  }
}
