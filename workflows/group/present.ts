/** How a group's workflow shows itself in the Temporal UI: current details and search attributes. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { toGroupRef } from '#domain/group.ts';
import type { OperationContext } from '#domain/steps.ts';
import { searchAttributes } from '#workflows/messages.ts';
import type { Desk } from './desk.ts';

export function present(desk: Desk, step: string, summary = ''): void {
  desk.step = step;
  desk.summary = summary;
  const { context } = desk;
  if (context === null) return;
  const { project, compositeApp, version, group } = toGroupRef(context.group);
  const lines = [
    `### ${group}`,
    compositeApp === ''
      ? `Logical cloud of project **${project}**.`
      : `Project **${project}**, composite application **${compositeApp} ${version}**.`,
    `Operation ${context.operation}: **${context.kind}**${context.revision > 0 ? `, revision ${context.revision}` : ''}.`,
    `Now: ${step}.`,
    summary,
    desk.paused ? 'Paused: send `resume` to go on.' : '',
  ];
  setCurrentDetails(lines.filter((line) => line !== '').join('\n\n'));
}

/** Written when an operation begins and ends, not at every step: each costs an event. */
export function labelState(context: OperationContext, state: string): void {
  const { project, compositeApp, group } = toGroupRef(context.group);
  upsertSearchAttributes({
    [searchAttributes.project]: [project],
    [searchAttributes.compositeApp]: [compositeApp],
    [searchAttributes.group]: [group],
    [searchAttributes.state]: [state],
    [searchAttributes.revision]: [context.revision],
  });
}
