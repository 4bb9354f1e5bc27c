/** EMCO's words for actions that the group's state does not allow, with the state and what it does allow. */
import { type GroupKey, toGroupRef } from '#domain/group.ts';
import { type GroupAction, type GroupState, toAllowedActions } from '#domain/lifecycle.ts';
import { HttpProblem } from '#api/engine/problem.ts';

export const toAllowedText = (state: GroupState): string => toAllowedActions(state).join(', ');

export function toRefusedTransition(group: GroupKey, state: GroupState, action: GroupAction): HttpProblem {
  const allowed = toAllowedText(state);
  return new HttpProblem({
    status: 409,
    code: 'transition-illegal',
    text: `${toEmcoText(toGroupRef(group).group, state, action)}\nstate ${state}, allowed: ${allowed}`,
    problems: [
      { object: group, expected: `a state that allows ${action}`, found: `${state}, which allows ${allowed}` },
    ],
  });
}

const isStopped = (state: GroupState): boolean => state === 'InstantiateStopped' || state === 'TerminateStopped';

function toEmcoText(name: string, state: GroupState, action: GroupAction): string {
  switch (action) {
    case 'approve':
      return isStopped(state)
        ? `DeploymentIntentGroup is in an unknown state${state}`
        : `DeploymentIntentGroup has already been instantiated${name}`;
    case 'instantiate':
      return toInstantiateText(name, state);
    case 'update':
    case 'rollback':
    case 'migrate':
    case 'terminate':
      return `DeploymentIntentGroup is not instantiated :${name}`;
    case 'stop':
      return toStopText(name, state);
    case 'delete':
      return `DeploymentIntentGroup must be terminated before it can be deleted ${name}`;
    case 'pause':
    case 'resume':
      return `DeploymentIntentGroup is not instantiating or terminating:${name}`;
  }
}

function toInstantiateText(name: string, state: GroupState): string {
  if (state === 'Created') return `DeploymentIntentGroup must be Approved before instantiating${name}`;
  if (state === 'Instantiated') return `DeploymentIntentGroup has already been instantiated${name}`;
  if (state === 'InstantiateStopped') return `DeploymentIntentGroup has already been instantiated and stopped${name}`;
  return `DeploymentIntentGroup is in an unknown state${state}`;
}

function toStopText(name: string, state: GroupState): string {
  if (state === 'Created') return `DeploymentIntentGroup have not been approved: ${name}`;
  if (state === 'Approved') return `DeploymentIntentGroup has not been instantiated:${name}`;
  if (state === 'InstantiateStopped') return `DeploymentIntentGroup instantiation already stopped: ${name}`;
  if (state === 'TerminateStopped') return `DeploymentIntentGroup termination already stopped: ${name}`;
  return `DeploymentIntentGroup is in an invalid state: ${name} ${state}`;
}
