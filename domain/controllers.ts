/** The controllers that a group's intents name, and in which order they act. */
import { memberAt, textAt } from './document-secrets.ts';
import { type Problem, type Result, refused, success } from './failure.ts';
import type { DocumentKey } from './group.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** The activity that a controller of one's own serves: `place` chooses clusters, `customise` changes manifests. */
export type ControllerActivity = 'place' | 'customise';

/** What a document of the kind `controllers` says. */
export interface ControllerRegistration {
  readonly name: string;
  /** `placement`, `action`, or whatever else EMCO's documents carry. */
  readonly type: string;
  /** 0 to 100, the lowest acts first. */
  readonly priority: number;
  readonly host: string;
  /** Empty: EMCO's form with host and port. */
  readonly taskQueue: string;
  readonly limits: ControllerLimits;
}

export interface ControllerLimits {
  /** How long a call may wait for a worker. */
  readonly startWithinSeconds: number;
  /** How long one attempt may take. */
  readonly timeoutSeconds: number;
  readonly attempts: number;
}

export const defaultLimits: ControllerLimits = { startWithinSeconds: 60, timeoutSeconds: 300, attempts: 5 };

/** One entry of a group's intents: `{"capacity": "most-free"}`. */
export interface NamedController {
  readonly controller: string;
  readonly intent: string;
}

export const placementIntentKey = 'genericPlacementIntent';

/** Entries of the groups' intents in the order of the documents, without the placement's. */
export const toNamedControllers = (intents: readonly { readonly body: JsonObject }[]): readonly NamedController[] =>
  intents.flatMap(({ body }) => {
    const map = memberAt(body, ['spec', 'intent']);
    return Object.entries(isJsonObject(map) ? map : {}).flatMap(([controller, intent]) =>
      controller === placementIntentKey || typeof intent !== 'string' ? [] : [{ controller, intent }],
    );
  });

/** Keys of the documents that register them. */
export const toRegistrationKeys = (named: readonly NamedController[]): readonly DocumentKey[] =>
  // The canonical path of a root kind; a name that no document may have finds none.
  [...new Set(named.map(({ controller }) => `/controllers/${controller}` as DocumentKey))];

/** Registrations by name, from what was stored. */
export const toRegistrations = (
  documents: Iterable<{ readonly body: JsonObject }>,
): ReadonlyMap<string, ControllerRegistration> =>
  new Map([...documents].map(({ body }) => toRegistration(body)).map((one) => [one.name, one]));

function toRegistration(body: JsonObject): ControllerRegistration {
  const number = (name: string, fallback: number): number => {
    const value = memberAt(body, ['spec', name]);
    return typeof value === 'number' ? value : fallback;
  };
  return {
    name: textAt(body, ['metadata', 'name']),
    type: textAt(body, ['spec', 'type']),
    priority: number('priority', 0),
    host: textAt(body, ['spec', 'host']),
    taskQueue: textAt(body, ['spec', 'taskQueue']),
    limits: {
      startWithinSeconds: number('startWithinSeconds', defaultLimits.startWithinSeconds),
      timeoutSeconds: number('timeoutSeconds', defaultLimits.timeoutSeconds),
      attempts: number('attempts', defaultLimits.attempts),
    },
  };
}

/** One call at its place in the order; an action without a task queue is the built-in controller's turn. */
export interface ControllerCall extends NamedController, ControllerLimits {
  readonly activity: ControllerActivity;
  readonly taskQueue: string | null;
}

/** So many calls a group: their list travels through Temporal. */
export const mostControllers = 12;

export interface NamedControllers {
  /** In the order of the documents, without the placement intent. */
  readonly named: readonly NamedController[];
  readonly registrations: ReadonlyMap<string, ControllerRegistration>;
  /** Name of the built-in action controller. */
  readonly builtIn: string;
  /** Intents of the group that the built-in controller reads: a registration under another name may mean it. */
  readonly builtInIntents: ReadonlySet<string>;
}

export interface OrderedControllers {
  /** Placements first, then actions; the built-in one only among actions of one's own. Empty without any of one's own. */
  readonly calls: readonly ControllerCall[];
  /** Names of the intents that the built-in controller acts on. */
  readonly builtInIntents: readonly string[];
}

/** Priority of the built-in controller where nobody registered it. */
const builtInPriority = 1;

interface Turn {
  readonly priority: number;
  readonly call: ControllerCall;
}

/** Ascending priority, ties by name. @returns `reference-not-found` with every controller that nobody can call */
export function orderControllers(from: NamedControllers): Result<OrderedControllers> {
  const distinct = [...new Map(from.named.map((one) => [`${one.controller}\n${one.intent}`, one])).values()];
  const builtIn = distinct.filter((one) => isBuiltIn(from, one));
  const others = distinct.filter((one) => !isBuiltIn(from, one));
  const problems = others.flatMap((one) => findProblem(one, from.registrations.get(one.controller)));
  const own = others.flatMap((one) => toTurns(one, from.registrations.get(one.controller)));
  if (own.length > mostControllers) {
    const expected = `at most ${mostControllers} controllers of one's own`;
    problems.push({ object: "the group's intents", expected, found: String(own.length) });
  }
  if (problems.length > 0) return refused('reference-not-found', problems);
  const actions = own.filter(({ call }) => call.activity === 'customise');
  const turns = actions.length > 0 && builtIn.length > 0 ? [...own, toBuiltInTurn(from, builtIn)] : own;
  return success({
    calls: turns.toSorted(byTurn).map(({ call }) => call),
    builtInIntents: [...new Set(builtIn.map(({ intent }) => intent))],
  });
}

function isBuiltIn(from: NamedControllers, { controller, intent }: NamedController): boolean {
  if (controller === from.builtIn) return true;
  const registration = from.registrations.get(controller);
  return registration !== undefined && registration.taskQueue === '' && from.builtInIntents.has(intent);
}

const called = (type: string): boolean => type === 'placement' || type === 'action';

/** EMCO calls no controller of another type, and says nothing. */
function findProblem(
  { controller, intent }: NamedController,
  registration: ControllerRegistration | undefined,
): Problem[] {
  if (registration !== undefined && (registration.taskQueue !== '' || !called(registration.type))) return [];
  const object = `controller ${controller}, which the group's intents name with intent ${intent}`;
  const how =
    "spec.taskQueue with the Temporal task queue of a worker (docs/how-to/write-a-controller.md), since EMCO's gRPC is not spoken";
  if (registration === undefined)
    return [{ object, expected: `its registration under /v2/controllers, ${how}`, found: 'none' }];
  const found = `host ${registration.host === '' ? 'none' : registration.host} only, and no controller of this name is built in`;
  return [{ object, expected: `${how}; or that the intents do not name it`, found }];
}

function toTurns(named: NamedController, registration: ControllerRegistration | undefined): readonly Turn[] {
  if (registration === undefined || registration.taskQueue === '') return [];
  const { type, taskQueue, limits, priority } = registration;
  const activity = type === 'placement' ? 'place' : 'customise';
  return [{ priority, call: { ...named, activity, taskQueue, ...limits } }];
}

function toBuiltInTurn(from: NamedControllers, builtIn: readonly NamedController[]): Turn {
  const names = [from.builtIn, ...builtIn.map(({ controller }) => controller)];
  const registration = names.map((name) => from.registrations.get(name)).find((one) => one !== undefined);
  const call = {
    controller: from.builtIn,
    intent: '',
    activity: 'customise',
    taskQueue: null,
    ...defaultLimits,
  } as const;
  return { priority: registration?.priority ?? builtInPriority, call };
}

/** Placements before actions: manifests are made for the clusters that were chosen. */
function byTurn(one: Turn, other: Turn): number {
  if (one.call.activity !== other.call.activity) return one.call.activity === 'place' ? -1 : 1;
  if (one.priority !== other.priority) return one.priority - other.priority;
  return one.call.controller < other.call.controller ? -1 : Number(one.call.controller > other.call.controller);
}
