import type { ExpectedApp, WatchRequest } from '#domain/ports/plugins.ts';
import type { Observation } from '#domain/status.ts';
import { absent, notKnown } from './agent-report.ts';
import type { AgentReport } from './agent-report.ts';
import { sleep } from './back-off.ts';
import type { Bell } from './bell.ts';
import type { AgentPart, WatcherDeps } from './deps.ts';
import { DirectAgent } from './direct-agent.ts';
import { FluxAgent } from './flux-agent.ts';
import type { Link } from './link.ts';
import { LiveObjects } from './live-objects.ts';
import type { Outbox } from './outbox.ts';
import { toObservations } from './to-observations.ts';

/** Reports of one cluster go out at most this often. */
const quietMs = 1_000;
const askAgainMs = 30_000;

export interface ClusterWatchOptions {
  readonly deps: WatcherDeps;
  readonly request: WatchRequest;
  readonly link: Link;
  readonly bell: Bell;
  readonly outbox: Outbox;
}

/** The loop of one cluster: what is expected, what is there, what is news. */
export class ClusterWatch {
  readonly #options: ClusterWatchOptions;
  readonly #objects: LiveObjects;
  #flux: FluxAgent | null = null;
  #direct: DirectAgent | null = null;
  #expected: readonly ExpectedApp[] = [];
  #askAt = 0;

  constructor(options: ClusterWatchOptions) {
    this.#options = options;
    this.#objects = new LiveObjects({ ...this.#open(), onChange: options.bell.ring }, options.deps);
    options.request.onPoke?.(this.#askSoon);
  }

  /** Runs until the request's signal aborts. */
  async run(): Promise<void> {
    const { bell, request, deps } = this.#options;
    while (!request.signal.aborted) {
      try {
        await this.#turn();
      } catch (error) {
        // The store or whoever is told is away: all is said again in the next turn.
        deps.warn('watch.report-failed', { cluster: request.cluster, error: String(error) });
        bell.ring();
      }
      await sleep(quietMs, request.signal);
      await bell.wait(Math.max(this.#askAt - performance.now(), 0), request.signal);
    }
  }

  async #turn(): Promise<void> {
    const { outbox } = this.#options;
    const asked = performance.now() >= this.#askAt;
    if (asked) await this.#ask();
    const observations = this.#observe();
    if (asked) this.#sayAgain(observations);
    await outbox.send(observations);
  }

  /** Whoever removes an app asks for a sighting after the removal, so its absence is said more than once. */
  #sayAgain(observations: readonly Observation[]): void {
    const leaving = new Set(this.#expected.filter((app) => app.resources.length === 0).map(toKey));
    this.#options.outbox.forget(observations.filter((one) => !one.present && leaving.has(toKey(one))));
  }

  async #ask(): Promise<void> {
    const { deps, request } = this.#options;
    this.#askAt = performance.now() + askAgainMs * (0.75 + deps.random() / 2);
    try {
      this.#expected = await request.expected();
    } catch (error) {
      this.#askAt = 0;
      throw error;
    }
  }

  /** Agents are looked at before objects, so that at the start no object is older than the revision it is judged by. */
  #observe(): readonly Observation[] {
    this.#startAgents();
    if (this.#flux?.isSettled === false || this.#direct?.isSettled === false) return [];
    this.#objects.want(this.#expected);
    const { deps, request } = this.#options;
    const view = {
      cluster: request.cluster,
      reportOf: (app: ExpectedApp, part: AgentPart) => this.#reportOf(app, part),
      areFresh: this.#objects.areFresh.bind(this.#objects),
      healthOf: this.#objects.healthOf.bind(this.#objects),
      hookHealthOf: this.#objects.hookHealthOf.bind(this.#objects),
      time: new Date(deps.now()).toISOString(),
    };
    return this.#expected.flatMap((app) => toObservations(view, app));
  }

  #startAgents(): void {
    const { bell, deps } = this.#options;
    const told = { onChange: bell.ring, onRevision: this.#askSoon };
    const deliveries = new Set(this.#expected.map((app) => app.delivery));
    if (deliveries.has('git')) this.#flux ??= new FluxAgent(this.#open(), told);
    if (deliveries.has('kubernetes')) this.#direct ??= new DirectAgent(this.#open(), { ...told, sha256: deps.sha256 });
  }

  #reportOf(app: ExpectedApp, part: AgentPart): AgentReport {
    const { deps, request } = this.#options;
    if (app.delivery === 'kubernetes') return this.#direct?.report(app.gid, app.app) ?? notKnown;
    const { provider, gid } = app;
    const object = deps.findAgentObject({ provider, cluster: request.cluster, gid, app: app.app, part });
    if (object === null) return absent(`No watcher for ${provider} on the cluster`);
    return this.#flux?.report(object) ?? notKnown;
  }

  /** Something was applied or announced: what is expected may be new as well. */
  readonly #askSoon = (): void => {
    this.#askAt = 0;
    this.#options.bell.ring();
  };

  #open() {
    const { link, request, deps } = this.#options;
    return { link, signal: request.signal, random: deps.random };
  }
}

const toKey = ({ gid, app }: { readonly gid: string; readonly app: string }): string => `${gid}/${app}`;
