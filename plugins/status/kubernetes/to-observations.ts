import type { ClusterKey } from '#domain/group.ts';
import type { HealthCheck } from '#domain/health-check.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import type { ExpectedApp } from '#domain/ports/plugins.ts';
import type { Observation, ResourceHealth } from '#domain/status.ts';
import type { AgentReport } from './agent-report.ts';
import type { AgentPart } from './deps.ts';

/** What is seen of one cluster, as far as an observation needs it. */
export interface ClusterView {
  readonly cluster: ClusterKey;
  readonly reportOf: (app: ExpectedApp, part: AgentPart) => AgentReport;
  /** Objects of these kinds were looked at after the moment. */
  readonly areFresh: (identities: readonly ObjectIdentity[], since: number) => boolean;
  readonly healthOf: (identity: ObjectIdentity, by: JudgedBy) => ResourceHealth;
  /** Done only when what runs has come to its end. */
  readonly hookHealthOf: (identity: ObjectIdentity) => ResourceHealth;
  /** RFC 3339. */
  readonly time: string;
}

/** What of an app bears on the health of its objects. */
export interface JudgedBy {
  readonly ownership: AgentReport['ownership'];
  readonly checks: readonly HealthCheck[];
}

const isDefinition = ({ kind, group }: ObjectIdentity): boolean =>
  kind === 'CustomResourceDefinition' && group === 'apiextensions.k8s.io';

/** The observations of an app, and that of its hook where one is there. */
export function toObservations(view: ClusterView, app: ExpectedApp): readonly Observation[] {
  return [...toOwnObservations(view, app), ...toHookObservation(view, app)];
}

/** The object says itself which run made it, so it does not matter when it was looked at. */
function toHookObservation(view: ClusterView, app: ExpectedApp): readonly Observation[] {
  if (app.hooks === undefined) return [];
  const report = view.reportOf(app, app.delivery === 'kubernetes' ? 'main' : 'hooks');
  if (!report.known) return [];
  return [
    {
      cluster: view.cluster,
      gid: app.gid,
      app: `${app.app}/hooks`,
      appliedRevision: report.revision,
      current: report.current,
      present: report.present,
      message: report.message,
      resources: app.hooks.map(view.hookHealthOf),
      observedAt: view.time,
    },
  ];
}

/**
 * The observation of an app and, where an agent object of its own brings its CRDs, one of `<app>/crds`. Nothing while the
 * agent was not looked at, or while an object may have been looked at before the agent applied what it reports.
 */
function toOwnObservations(view: ClusterView, app: ExpectedApp): readonly Observation[] {
  const main = view.reportOf(app, 'main');
  if (app.delivery === 'kubernetes') return toObservation(view, app, { report: main, resources: app.resources });
  const crds = view.reportOf(app, 'crds');
  if (!main.known || !crds.known) return [];
  const definitions = app.resources.filter(isDefinition);
  const bringsOnlyCrds = definitions.length > 0 && definitions.length === app.resources.length;
  const whole = bringsOnlyCrds ? crds : { ...main, present: main.present || crds.present };
  return [
    ...toObservation(view, app, { report: whole, resources: app.resources }),
    ...(definitions.length === 0 && !crds.present
      ? []
      : toObservation(view, { ...app, app: `${app.app}/crds` }, { report: crds, resources: definitions })),
  ];
}

interface Part {
  readonly report: AgentReport;
  readonly resources: ExpectedApp['resources'];
}

function toObservation(view: ClusterView, { gid, app, healthChecks }: ExpectedApp, part: Part): readonly Observation[] {
  const { report, resources } = part;
  if (!report.known || !view.areFresh(resources, report.seenAt)) return [];
  const by: JudgedBy = { ownership: report.ownership, checks: healthChecks ?? [] };
  return [
    {
      cluster: view.cluster,
      gid,
      app,
      appliedRevision: report.revision,
      ...(report.attempted === undefined ? {} : { attemptedRevision: report.attempted }),
      current: report.current,
      present: report.present,
      message: report.message,
      resources: resources.map((identity) => view.healthOf(identity, by)),
      observedAt: view.time,
    },
  ];
}
