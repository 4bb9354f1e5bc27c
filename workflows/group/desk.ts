/** What a group's workflow has been asked and told: handlers only parse and note, the main loop serves. */
import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { orThrow, type Result, toSentence } from '#domain/failure.ts';
import { type OperationAnswer, type OperationKind, type OperationPayload, operationKinds } from '#domain/operation.ts';
import { type ParsedRequest, parseOperationRequest } from '#domain/operation-request.ts';
import type { PlanSummary } from '#domain/plan.ts';
import type { OperationContext, Recalled } from '#domain/steps.ts';
import {
  type CarriedGroup,
  type CommittedSignal,
  type GroupWorkflowInput,
  type GroupWorkflowStatus,
  type ObservedSignal,
  type QueuedRequest,
  queries,
  type Refusal,
  type RevisionNote,
  signals,
} from '#workflows/messages.ts';
import { currentUpdateId, nextId } from './ids.ts';

const keptAnswers = 100;
const keptNotes = 20;
/** Refusals that wait to be recorded; of a flood the rest stands in the history alone. */
const keptRefusals = 20;
const longestName = 100;
const longestNote = 300;

/** Kinds that change how a running operation goes on instead of taking its place. */
export const isMinor = (kind: OperationKind): boolean => kind === 'pause' || kind === 'resume';

const makesRevision = (kind: OperationKind): boolean =>
  kind === 'instantiate' || kind === 'update' || kind === 'rollback';

/** An Update's refusal keeps our code as its type, so that the API can answer with it. */
function refuseMalformed(parsed: Result<ParsedRequest>): void {
  if (!parsed.ok) throw ApplicationFailure.nonRetryable(parsed.problems.map(toSentence).join('; '), parsed.code);
}

export interface Seen {
  readonly commits: number;
  readonly observations: number;
}

export class Desk {
  private queue: QueuedRequest[];
  private answers: OperationAnswer[];
  private unrecorded: Refusal[];
  private refusedNotes: string[] = [];
  private lastRevision: number;
  context: OperationContext | null;
  plan: PlanSummary | null;
  revisions: RevisionNote[];
  /** True from the frozen plan to the end of the operation. */
  rollingOut: boolean;
  paused: boolean;
  stopped: boolean;
  tick: number;
  deleted = false;
  step = 'idle';
  summary = '';
  /** Grow with each signal; a waiter compares them with what it saw. */
  commits = 0;
  observations = 0;
  /** Change sets that went to the writers in this run; each is answered by a signal. */
  handedOver = 0;
  /** The counters at the last look, and when to look again without news; null: only news can change anything. */
  judged: Seen = { commits: 0, observations: 0 };
  lookAgainMs: number | null = null;

  constructor(input: GroupWorkflowInput) {
    const carried = input.carried;
    this.queue = [...(carried?.queue ?? [])];
    this.answers = [...(carried?.answers ?? [])];
    this.unrecorded = [...(carried?.unrecorded ?? [])];
    this.lastRevision = carried?.lastRevision ?? 0;
    this.context = carried?.context ?? null;
    this.plan = carried?.plan ?? null;
    this.revisions = [...(carried?.revisions ?? [])];
    this.rollingOut = carried?.rollingOut ?? false;
    this.paused = carried?.paused ?? false;
    this.stopped = carried?.stopped ?? false;
    this.tick = carried?.tick ?? 0;
  }

  listen(): void {
    for (const kind of operationKinds) this.listenTo(kind);
    setHandler(defineSignal<[CommittedSignal]>(signals.committed), () => void (this.commits += 1));
    setHandler(defineSignal<[ObservedSignal]>(signals.observed), () => void (this.observations += 1));
    setHandler(defineSignal(signals.deleted), () => void (this.deleted = true));
    setDefaultSignalHandler((name) =>
      this.refuse(name, `signal ${name}: expected one of ${operationKinds.join(', ')}`),
    );
    setHandler(defineQuery<GroupWorkflowStatus>(queries.status), () => this.toStatus());
    setHandler(defineQuery<PlanSummary | null>(queries.plan), () => this.plan);
    setHandler(defineQuery<readonly RevisionNote[]>(queries.revisions), () => this.revisions);
  }

  /** For a workflow that was started anew while its group runs. */
  recall({ context, paused, stopped, lastRevision, firstTick, exists, open }: Recalled): void {
    this.context = context;
    this.paused = paused;
    this.stopped = stopped;
    this.tick = firstTick;
    this.deleted = !exists;
    this.noteRevision(lastRevision);
    for (const request of open) this.enqueue(request);
  }

  private listenTo(kind: OperationKind): void {
    setHandler(
      defineUpdate<OperationAnswer, [OperationPayload | undefined]>(kind),
      (payload) => this.enqueue(orThrow(parseOperationRequest(kind, payload, currentUpdateId()))),
      { validator: (payload) => refuseMalformed(parseOperationRequest(kind, payload, 'update')) },
    );
    setHandler(defineSignal<[OperationPayload | undefined]>(kind), (payload) => {
      const parsed = parseOperationRequest(kind, payload, nextId());
      if (parsed.ok) this.enqueue(parsed.value);
      else this.refuse(kind, parsed.problems.map(toSentence).join('; '));
    });
  }

  /** Queues a request once; the same operation id gets the same answer again. */
  enqueue({ request, recordedRevision }: ParsedRequest): OperationAnswer {
    const known = this.answers.find((answer) => answer.operationId === request.operationId);
    if (known !== undefined) return known;
    const revision = recordedRevision ?? (makesRevision(request.kind) ? this.lastRevision + 1 : 0);
    this.noteRevision(revision);
    const answer: OperationAnswer = { operationId: request.operationId, revision };
    this.answers = [...this.answers, answer].slice(-keptAnswers);
    this.queue.push({ request, revision });
    return answer;
  }

  private refuse(name: string, message: string): void {
    const refusal = { name: name.slice(0, longestName), message: message.slice(0, longestNote) };
    if (this.unrecorded.length < keptRefusals) this.unrecorded.push(refusal);
    this.noteRefused(message);
  }

  noteRefused(message: string): void {
    this.refusedNotes = [...this.refusedNotes, message.slice(0, longestNote)].slice(-keptNotes);
  }

  noteRevision(revision: number): void {
    this.lastRevision = Math.max(this.lastRevision, revision);
  }

  noteFrozen(plan: PlanSummary, context: OperationContext): void {
    this.plan = plan;
    const note = { revision: context.revision, plan: plan.digest, operationId: context.operationId };
    this.revisions = [...this.revisions.filter((r) => r.revision !== note.revision), note].slice(-keptNotes);
  }

  /** After a migration they are another group's. */
  forgetPlans(): void {
    this.plan = null;
    this.revisions = [];
  }

  /** Every change set that was handed over is written or refused. */
  get isAnswered(): boolean {
    return this.commits >= this.handedOver;
  }

  /** Something was committed or observed since the last look. */
  get hasNews(): boolean {
    return this.commits !== this.judged.commits || this.observations !== this.judged.observations;
  }

  get hasRequest(): boolean {
    return this.queue.length > 0;
  }

  /** Something waits that takes the running operation's place. */
  get hasSuperseding(): boolean {
    return this.queue.some(({ request }) => !isMinor(request.kind));
  }

  get hasMinor(): boolean {
    return this.queue.some(({ request }) => isMinor(request.kind));
  }

  get hasRefusals(): boolean {
    return this.unrecorded.length > 0;
  }

  /** The next request that takes the running operation's place. */
  takeSuperseding(): QueuedRequest | null {
    const at = this.queue.findIndex(({ request }) => !isMinor(request.kind));
    return at < 0 ? null : (this.queue.splice(at, 1)[0] ?? null);
  }

  /** A request that turned out to be of another kind. */
  putBack(queued: QueuedRequest): void {
    this.queue.unshift(queued);
  }

  takeMinor(): readonly QueuedRequest[] {
    const minor = this.queue.filter(({ request }) => isMinor(request.kind));
    this.queue = this.queue.filter(({ request }) => !isMinor(request.kind));
    return minor;
  }

  takeRefusal(): Refusal | null {
    return this.unrecorded.shift() ?? null;
  }

  toStatus(): GroupWorkflowStatus {
    return {
      operation: this.context,
      step: this.step,
      summary: this.summary,
      paused: this.paused,
      stopped: this.stopped,
      queued: this.queue.map(({ request }) => `${request.kind} ${request.operationId}`).slice(0, keptNotes),
      refused: this.refusedNotes,
    };
  }

  toCarried(): CarriedGroup {
    const { queue, answers, unrecorded, lastRevision, context, rollingOut, paused, stopped, tick, plan, revisions } =
      this;
    return { queue, answers, unrecorded, lastRevision, context, rollingOut, paused, stopped, tick, plan, revisions };
  }

  /** True when the run's history is long enough to start a new one. */
  get isLong(): boolean {
    return workflowInfo().historyLength >= 2000 || workflowInfo().continueAsNewSuggested;
  }
}
