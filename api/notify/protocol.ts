/** EMCO's status notification on the wire, from `statusnotify.proto`. */
import { readFile } from 'node:fs/promises';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { parse, type Type } from 'protobufjs';

export type StatusValue = 'STATUS_ERROR' | 'NOT_READY' | 'READY' | 'NOT_DEPLOYED' | 'DEPLOYED';

/** As decoded: every member is there, of the keys one or none. */
export interface Registration {
  readonly clientId: string;
  readonly digKey?: GroupNames;
  readonly lcKey?: { readonly project: string; readonly logicalCloud: string };
  readonly clusterKey?: object;
  readonly statusType: StatusValue;
  readonly apps: readonly string[];
  readonly clusters: readonly string[];
  readonly resources: readonly string[];
  readonly output: 'SUMMARY' | 'ALL';
}

interface GroupNames {
  readonly project: string;
  readonly compositeApp: string;
  readonly compositeAppVersion: string;
  readonly deploymentIntentGroup: string;
}

export interface Notification {
  readonly statusValue: StatusValue;
  readonly details: readonly ({ readonly app: AppStatus } | { readonly cluster: ClusterStatus })[];
}

export interface AppStatus {
  readonly app: string;
  readonly statusValue: StatusValue;
  readonly clusters: readonly ClusterStatus[];
}

export interface ClusterStatus {
  readonly clusterProvider: string;
  readonly cluster: string;
  readonly statusValue: StatusValue;
  readonly resources: readonly {
    readonly name: string;
    readonly gvk: { readonly group: string; readonly version: string; readonly kind: string };
    readonly statusValue: StatusValue;
  }[];
}

export interface Deregistration {
  readonly clientId: string;
}

/** Reads the description once, when the server starts. */
export async function loadService(): Promise<ServiceDefinition> {
  const text = await readFile(new URL('statusnotify.proto', import.meta.url), 'utf8');
  const { root } = parse(text, { keepCase: true });
  const method = (name: string, request: string, response: string) => ({
    path: `/StatusNotify/${name}`,
    requestStream: false,
    responseStream: name === 'StatusRegister',
    ...codec('request', root.lookupType(request)),
    ...codec('response', root.lookupType(response)),
  });
  // grpc-js types a definition by the four functions that `codec` makes for each side.
  return {
    StatusRegister: method('StatusRegister', 'StatusRegistration', 'StatusNotification'),
    StatusDeregister: method('StatusDeregister', 'StatusDeregistration', 'StatusDeregistrationResponse'),
  } as unknown as ServiceDefinition;
}

const codec = (side: 'request' | 'response', type: Type): Readonly<Record<string, unknown>> => ({
  [`${side}Serialize`]: (value: Readonly<Record<string, unknown>>) =>
    Buffer.from(type.encode(type.fromObject(value)).finish()),
  [`${side}Deserialize`]: (bytes: Buffer) =>
    type.toObject(type.decode(bytes), { enums: String, arrays: true, defaults: true }),
});
