/**
 * The durable workflow of one level 1 logical cloud, from its first instantiate to its deletion. It lives as a group does:
 * its objects are the one app of a plan, so that roll-out, update, stop, drift and removal are the groups' own.
 */
import { deploymentIntentGroup } from './deployment-intent-group.ts';
import type { GroupWorkflowInput } from './messages.ts';

export const logicalCloud = (input: GroupWorkflowInput): Promise<void> => deploymentIntentGroup(input);
