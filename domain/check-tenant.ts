/** What a migration can't cross: the rights with which a deployment is carried out. */
import { type Result, refused, success } from './failure.ts';
import type { Plan } from './plan.ts';

type Side = Pick<Plan, 'group' | 'tenant'>;

/**
 * What stands was made with the rights of its level 1 logical cloud, in that cloud's namespace; those of another cloud could
 * neither change nor delete it there. Clouds of level 0 have no rights of their own.
 */
export function checkTenant(held: Side, planned: Side): Result<null> {
  if (held.tenant?.lcid === planned.tenant?.lcid) return success(null);
  const found = `${toTitle(planned)} of group ${planned.group}`;
  return refused('document-invalid', [
    { object: `group ${held.group}`, expected: `to be migrated within ${toTitle(held)}`, found },
  ]);
}

const toTitle = ({ tenant }: Side): string =>
  tenant === undefined ? 'logical clouds of level 0' : `logical cloud ${tenant.name}`;
