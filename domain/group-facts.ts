/** Facts that belong to a group and go with it: their names begin with this and a space. */
import type { GroupKey } from './group.ts';

export const groupFactPrefix = (group: GroupKey): string => `group:${group}`;
