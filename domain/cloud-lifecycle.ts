/** The one table of what a logical cloud's state allows, in EMCO's words. */
import type { GroupState } from './lifecycle.ts';
import type { OperationKind, OperationState } from './operation.ts';
import type { TargetRow } from './status.ts';

/** `Updated` is level 0's word for Instantiated after an update. */
export type CloudState =
  | 'Created'
  | 'Instantiating'
  | 'Instantiated'
  | 'InstantiateFailed'
  | 'InstantiateStopped'
  | 'Updated'
  | 'Terminating'
  | 'Terminated'
  | 'TerminateFailed'
  | 'TerminateStopped';

export type CloudAction = 'instantiate' | 'terminate' | 'delete' | 'add reference' | 'remove reference' | 'use';

type Refusals = Readonly<Partial<Record<CloudState, string>>>;

const notNow =
  'Cluster References cannot be added/removed unless the Logical Cloud is fully Instantiated or Terminated';
const notUsable = 'The Logical Cloud is not currently instantiated';

/** EMCO's text for each state that forbids the action; a state that is not listed allows it. */
const refusals: Readonly<Record<CloudAction, Refusals>> = {
  instantiate: {
    Instantiating: 'The Logical Cloud is already instantiating',
    Instantiated: 'The Logical Cloud is already instantiated',
    Updated: 'The Logical Cloud is already instantiated',
    InstantiateFailed: 'The Logical Cloud has failed instantiating before, please terminate and try again',
    InstantiateStopped: 'The Logical Cloud has failed instantiating before, please terminate and try again',
    Terminating: "The Logical Cloud can't be re-instantiated yet, it is being terminated",
    TerminateFailed: 'The Logical Cloud has failed terminating, please delete the Logical Cloud',
  },
  // A cluster that is away may hold up an instantiate for weeks, so that one gives way.
  terminate: {
    Created: 'The Logical Cloud is not instantiated',
    Terminating: 'The Logical Cloud is already being terminated',
    Terminated: 'The Logical Cloud has already been terminated',
    TerminateFailed: 'The Logical Cloud has failed terminating, please delete the Logical Cloud',
  },
  delete: {
    Instantiating: 'The Logical Cloud is instantiating, please wait and then terminate',
    Instantiated: 'The Logical Cloud is instantiated, please terminate first',
    Updated: 'The Logical Cloud is instantiated, please terminate first',
    InstantiateFailed: 'The Logical Cloud has failed instantiating, for safety please terminate and try again',
    InstantiateStopped: 'The Logical Cloud has failed instantiating, for safety please terminate and try again',
    Terminating: "The Logical Cloud can't be deleted yet, it is being terminated",
    TerminateStopped: "The Logical Cloud can't be deleted yet, its termination was stopped: please terminate again",
  },
  'add reference': {
    Instantiating: notNow,
    InstantiateFailed: notNow,
    InstantiateStopped: notNow,
    Terminating: notNow,
    TerminateFailed: notNow,
    TerminateStopped: notNow,
  },
  'remove reference': {
    Instantiating:
      "Can't remove Cluster Reference: the Logical Cloud is instantiating, please wait and then terminate.",
    InstantiateFailed:
      "Can't remove Cluster Reference: the Logical Cloud has failed instantiating, for safety please terminate and try again",
    InstantiateStopped:
      "Can't remove Cluster Reference: the Logical Cloud has failed instantiating, for safety please terminate and try again",
    Terminating: "Can't remove Cluster Reference: the Logical Cloud is being terminated",
    TerminateStopped: "Can't remove Cluster Reference: the Logical Cloud is being terminated",
  },
  /** By a group that is instantiated or updated. One that comes while the cloud is being made waits for it. */
  use: {
    Created: 'The Logical Cloud has never been instantiated',
    InstantiateFailed: `${notUsable} (has failed instantiating).`,
    InstantiateStopped: `${notUsable} (its instantiation was stopped).`,
    Terminating: `${notUsable} (is being terminated).`,
    Terminated: `${notUsable} (has been terminated).`,
    TerminateFailed: `${notUsable} (has failed terminating).`,
    TerminateStopped: `${notUsable} (its termination was stopped).`,
  },
};

/** EMCO's text where the state forbids the action; null where it allows it. */
export const toCloudRefusal = (action: CloudAction, state: CloudState): string | null =>
  refusals[action][state] ?? null;

/** How a stop is refused; null while something is under way. */
export function toStopRefusal(state: CloudState, name: string): { status: 400 | 409; text: string } | null {
  switch (state) {
    case 'Created':
      return { status: 409, text: `LogicalCloud has not been asked to instantiate: ${name}` };
    case 'InstantiateStopped':
      return { status: 409, text: `LogicalCloud instantiation already stopped: ${name}` };
    case 'TerminateStopped':
      return { status: 409, text: `LogicalCloud termination already stopped: ${name}` };
    case 'Instantiating':
    case 'Terminating':
      return null;
    case 'Instantiated':
    case 'InstantiateFailed':
    case 'Updated':
    case 'Terminated':
    case 'TerminateFailed':
      return { status: 400, text: `LogicalCloud is not instantiating or terminating:${name}` };
  }
}

interface OperationEnd {
  readonly kind: OperationKind;
  readonly state: OperationState;
}

const changing: ReadonlySet<OperationKind> = new Set(['instantiate', 'update', 'terminate']);

/**
 * State of a level 1 cloud, from its run-time record and its operations, newest first. An operation that is over counts by
 * its end; one that gave way counts as under way, since the one that took its place comes before it.
 */
export function toLevelOneState(record: GroupState | null, operations: readonly OperationEnd[]): CloudState {
  const change = operations.find(({ kind, state }) => changing.has(kind) && state !== 'refused');
  const [under, done, failed] =
    change?.kind === 'terminate'
      ? (['Terminating', 'Terminated', 'TerminateFailed'] as const)
      : (['Instantiating', 'Instantiated', 'InstantiateFailed'] as const);
  switch (record) {
    case null:
    case 'Created':
    case 'Approved':
      return 'Created';
    case 'InstantiateStopped':
    case 'TerminateStopped':
      return record;
    case 'Instantiated':
    case 'Updated':
    case 'Terminated':
      if (change?.state === 'done') return done;
      return change?.state === 'failed' ? failed : under;
  }
}

/** A group uses its cloud while anything of it may stand on a cluster, or an operation of it is under way. */
export const isUsingCloud = (
  targets: readonly Pick<TargetRow, 'phase'>[],
  operations: readonly Pick<OperationEnd, 'state'>[],
): boolean =>
  targets.some(({ phase }) => phase !== 'Removed') ||
  operations.some(({ state }) => state === 'requested' || state === 'accepted');
