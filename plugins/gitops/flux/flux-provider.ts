import type { ClusterKey } from '#domain/group.ts';
import type { JsonObject } from '#domain/json.ts';
import { deploymentLabelName, toClusterFolder, toDeploymentLabel } from '#domain/names.ts';
import type { Sha256 } from '#domain/names.ts';
import type { AgentRequest, GitopsProvider } from '#domain/ports/plugins.ts';

import { checkAgentObject } from './agent-object.ts';
import { bootstrapSource, fluxNamespace, toFolderName, toKustomizationName, toSourceKey } from './names.ts';
import type { Part } from './names.ts';
import { parseFluxSettings } from './settings.ts';
import type { FluxSettings } from './settings.ts';

export interface FluxProviderDeps {
  readonly sha256: Sha256;
  /** YAML with sorted keys: the same value always gives the same bytes. */
  readonly toYaml: (object: JsonObject) => string;
}

const kustomizationApi = 'kustomize.toolkit.fluxcd.io/v1';
const sourceApi = 'source.toolkit.fluxcd.io/v1';
const marker = 'Written by emco. What groups of emco own below this folder is kept as they want it.\n';

/** Flux: a Kustomization for each app and part of a group on a cluster, on the source of the cluster's bootstrap. */
export function makeFluxProvider(deps: FluxProviderDeps): GitopsProvider {
  const { sha256 } = deps;
  return {
    name: 'fluxcd',
    aliases: ['fluxv2', 'flux'],
    keepAnnotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
    secretsModes: ['refuse', 'plain'],
    folder: (place) => toFolder(place, sha256),
    agentFiles: (request) => [...toGroupFile(request, deps), ...toSourceFile(request, deps)],
    markerFiles: (cluster) => [{ path: `deploy/${toClusterFolder(cluster, sha256)}/.emco`, text: marker }],
    tenantAccount: toTenantAccount,
    agentObject: (gid, app, part) => ({
      apiVersion: kustomizationApi,
      kind: 'Kustomization',
      namespace: fluxNamespace,
      name: toKustomizationName(gid, app, { part, sha256 }),
    }),
  };
}

/** Flux finds the account beside its Kustomizations; its rights are in the namespaces of the cloud. */
const toTenantAccount = (lcid: string) => ({ namespace: fluxNamespace, name: `emco-${lcid}` });

interface Place {
  readonly gid: string;
  readonly cluster: ClusterKey;
  readonly app: string;
  readonly part: Part;
}

const toFolder = ({ gid, cluster, app, part }: Place, sha256: Sha256): string =>
  `deploy/${toClusterFolder(cluster, sha256)}/${gid}/${toFolderName(app, part)}`;

type AgentFile = ReturnType<GitopsProvider['agentFiles']>[number];

/** All Kustomizations of the group on the cluster, by app, CRDs before what uses them. */
function toGroupFile(request: AgentRequest, deps: FluxProviderDeps): readonly AgentFile[] {
  const settings = parseFluxSettings(request.settings);
  const apps = request.apps.toSorted((a, b) => (a.app < b.app ? -1 : 1));
  const objects = apps.flatMap(({ app, hasMain, hasCrds, hasHooks }) => [
    ...(hasCrds ? [toKustomization(request, { app, part: 'crds', settings }, deps)] : []),
    ...(hasMain ? [toKustomization(request, { app, part: 'main', settings }, deps)] : []),
    ...(hasHooks ? [toKustomization(request, { app, part: 'hooks', settings }, deps)] : []),
  ]);
  const path = `clusters/${toClusterFolder(request.cluster, deps.sha256)}/emco/${request.gid}.yaml`;
  return [{ path, text: objects.length === 0 ? null : objects.map((one) => toDocument(one, deps)).join('') }];
}

/** The cluster's own source is shared by its groups and stays when one of them goes. */
function toSourceFile(request: AgentRequest, deps: FluxProviderDeps): readonly AgentFile[] {
  const { source } = parseFluxSettings(request.settings);
  const isUsed = request.apps.some(({ hasMain, hasCrds, hasHooks }) => hasMain || hasCrds || hasHooks);
  if (source.kind === 'bootstrap' || !isUsed) return [];
  const { url, branch } = request.settings;
  const key = toSourceKey(url, branch, deps.sha256);
  const folder = toClusterFolder(request.cluster, deps.sha256);
  const object = {
    apiVersion: sourceApi,
    kind: 'GitRepository',
    metadata: { name: `emco-${key}`, namespace: fluxNamespace },
    spec: {
      interval: '1m',
      ref: { branch },
      ...(source.secretRef === '' ? {} : { secretRef: { name: source.secretRef } }),
      sparseCheckout: [`deploy/${folder}`],
      url,
    },
  };
  return [{ path: `clusters/${folder}/emco/source-${key}.yaml`, text: toDocument(object, deps) }];
}

interface Wanted {
  readonly app: string;
  readonly part: Part;
  readonly settings: FluxSettings;
}

function toKustomization(request: AgentRequest, { app, part, settings }: Wanted, deps: FluxProviderDeps): JsonObject {
  const { gid, cluster } = request;
  const { sha256 } = deps;
  // CRDs belong to the cluster: they stay when the group goes, and with them other groups' objects.
  const removal = part === 'crds' ? ({ prune: false, deletionPolicy: 'Orphan' } as const) : whenGone;
  // A Job of an earlier run is made anew.
  const force = part === 'hooks' ? { force: true } : {};
  return {
    apiVersion: kustomizationApi,
    kind: 'Kustomization',
    metadata: {
      name: toKustomizationName(gid, app, { part, sha256 }),
      namespace: fluxNamespace,
      labels: { [deploymentLabelName]: toDeploymentLabel(gid, app, sha256) },
    },
    spec: {
      ...removal,
      ...force,
      interval: settings.interval,
      path: `./${toFolder({ gid, cluster, app, part }, sha256)}`,
      retryInterval: settings.retryInterval,
      ...(request.tenant === undefined ? {} : { serviceAccountName: toTenantAccount(request.tenant).name }),
      sourceRef: { kind: 'GitRepository', name: toSourceName(request, settings, sha256) },
      ...(settings.timeout === undefined ? {} : { timeout: settings.timeout }),
      wait: false,
    },
  };
}

const whenGone = { prune: true, deletionPolicy: 'WaitForTermination' } as const;

const toSourceName = ({ settings }: AgentRequest, { source }: FluxSettings, sha256: Sha256): string =>
  source.kind === 'own' ? `emco-${toSourceKey(settings.url, settings.branch, sha256)}` : bootstrapSource;

const toDocument = (object: JsonObject, { toYaml }: FluxProviderDeps): string =>
  `---\n${toYaml(checkAgentObject(object)).trimEnd()}\n`;
