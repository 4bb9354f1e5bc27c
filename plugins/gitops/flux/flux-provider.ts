import type { JsonObject } from '#domain/json.ts';
import { deploymentLabelName, toClusterFolder, toDeploymentLabel } from '#domain/names.ts';
import type { Sha256 } from '#domain/names.ts';
import type { AgentRequest, GitopsProvider } from '#domain/ports/plugins.ts';

import { checkAgentObject } from './agent-object.ts';
import { DocumentShapes } from './document-shapes.ts';
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
  const shapes = new DocumentShapes();
  return {
    name: 'fluxcd',
    aliases: ['fluxv2', 'flux'],
    keepAnnotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
    secretsModes: ['refuse', 'plain'],
    folder: (place) => toFolder({ ...place, cluster: toClusterFolder(place.cluster, sha256) }),
    agentFiles: (request) => [...toGroupFile(request, { ...deps, shapes }), ...toSourceFile(request, deps)],
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
  /** The cluster's folder. */
  readonly cluster: string;
  readonly app: string;
  readonly part: Part;
}

const toFolder = ({ gid, cluster, app, part }: Place): string => `deploy/${cluster}/${gid}/${toFolderName(app, part)}`;

type AgentFile = ReturnType<GitopsProvider['agentFiles']>[number];

interface GroupFileDeps extends FluxProviderDeps {
  readonly shapes: DocumentShapes;
}

/** All Kustomizations of the group on the cluster, by app, CRDs before what uses them. */
function toGroupFile(request: AgentRequest, { shapes, ...deps }: GroupFileDeps): readonly AgentFile[] {
  const { gid, tenant } = request;
  const settings = parseFluxSettings(request.settings);
  const folder = toClusterFolder(request.cluster, deps.sha256);
  const source = toSourceName(request, settings, deps.sha256);
  const toText = (app: string, part: Part): string =>
    shapes.fill(JSON.stringify([gid, tenant, app, part, source, settings]), folder, (cluster) =>
      toDocument(toKustomization({ gid, tenant, app, part, cluster, source, settings }, deps), deps),
    );
  const apps = request.apps.toSorted((a, b) => (a.app < b.app ? -1 : 1));
  const texts = apps.flatMap(({ app, hasMain, hasCrds, hasHooks }) => [
    ...(hasCrds ? [toText(app, 'crds')] : []),
    ...(hasMain ? [toText(app, 'main')] : []),
    ...(hasHooks ? [toText(app, 'hooks')] : []),
  ]);
  return [{ path: `clusters/${folder}/emco/${gid}.yaml`, text: texts.length === 0 ? null : texts.join('') }];
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
  readonly gid: string;
  readonly tenant: string | undefined;
  readonly app: string;
  readonly part: Part;
  /** The cluster's folder below `deploy`. */
  readonly cluster: string;
  /** Name of the GitRepository. */
  readonly source: string;
  readonly settings: FluxSettings;
}

function toKustomization(wanted: Wanted, { sha256 }: FluxProviderDeps): JsonObject {
  const { gid, tenant, app, part, cluster, source, settings } = wanted;
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
      path: `./${toFolder({ gid, cluster, app, part })}`,
      retryInterval: settings.retryInterval,
      ...(tenant === undefined ? {} : { serviceAccountName: toTenantAccount(tenant).name }),
      sourceRef: { kind: 'GitRepository', name: source },
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
