import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startApiServer } from '#lab/kubernetes/control-plane.ts';
import { startEtcd } from '#lab/kubernetes/etcd.ts';
import type { KubeApi } from '#lab/kubernetes/kube-api.ts';
import { stopAll } from '#lab/process/index.ts';

interface Property {
  readonly $ref?: string;
  readonly items?: Property;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
}

interface Definition {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

export interface OpenApi {
  /** Of the API server, such as `v1.34.4`. */
  readonly version: string;
  /** By name, such as `io.k8s.api.core.v1.Container`. */
  readonly definitions: Readonly<Record<string, Definition>>;
}

/** The OpenAPI v2 document of a real API server that serves all it has, beta and alpha versions too. */
export async function readOpenApi(): Promise<OpenApi> {
  const folder = await mkdtemp(join(tmpdir(), 'emco-open-api-'));
  const etcd = await startEtcd(folder);
  try {
    const flags = { 'runtime-config': 'api/all=true' };
    const server = await startApiServer({ folder, slug: 'openapi', etcdUrl: etcd.url, flags });
    try {
      return await read(server.api);
    } finally {
      server.api.close();
      await stopAll([server.program]);
    }
  } finally {
    await stopAll([etcd]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function read(api: KubeApi): Promise<OpenApi> {
  const [version, document] = await Promise.all([api.get('/version'), api.get('/openapi/v2')]);
  // The API server's own shapes.
  const { gitVersion } = version.body as { gitVersion: string };
  const { definitions } = document.body as { definitions: OpenApi['definitions'] };
  return { version: gitVersion, definitions };
}

/** The definition that a property or its elements refer to. */
export function referenceOf(property: Property | undefined): string | undefined {
  return property?.$ref?.slice('#/definitions/'.length) ?? (property?.items && referenceOf(property.items));
}
