/** When a hook's object is done, as Helm sees it: a Job or Pod at its end, anything else when it is there. */
import { current, failed, inProgress, readCondition, readText, type Verdict } from './health-fields.ts';
import type { JsonObject } from './json.ts';
import type { ResourceHealth } from './status.ts';

/** @param health the object's own health, which tells how a Job or Pod does that has not ended */
export function toHookEnd(
  object: JsonObject,
  { group, kind, status, message }: Pick<ResourceHealth, 'group' | 'kind' | 'status' | 'message'>,
): Verdict {
  // What goes has no result any more.
  if (status === 'Terminating') return { status, message };
  switch (`${group}/${kind}`) {
    case 'batch/Job':
      if (readCondition(object, 'Failed')?.status === 'True') return failed(message);
      return readCondition(object, 'Complete')?.status === 'True' ? current(message) : inProgress(message);
    case '/Pod':
      switch (readText(object, 'status', 'phase')) {
        case 'Succeeded':
          return current(message);
        case 'Failed':
          return failed(message);
        default:
          return inProgress(message);
      }
    default:
      return current(message);
  }
}
