/** Everything that the API works with. */
import type { Logger } from 'pino';
import type { Archives } from '#domain/ports/archives.ts';
import type { HealthExpressions } from '#domain/ports/plugins.ts';
import type { Store } from '#domain/ports/store.ts';
import type { ParseYamlDocuments } from '#domain/ports/yaml.ts';
import type { GroupControl } from './group-control.ts';

export interface ApiDeps {
  readonly store: Store;
  readonly archives: Archives;
  readonly parseYaml: ParseYamlDocuments;
  readonly healthExpressions: Pick<HealthExpressions, 'check'>;
  readonly control: GroupControl;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Bearer token that every call but `/livez` must carry; absent: open. */
  readonly token?: string;
  /** Pages of other parts that `/docs` and answers point to. */
  readonly links?: ApiLinks;
  /** Shown in `/metrics` and the OpenAPI document. */
  readonly version?: string;
}

interface Clock {
  /** RFC 3339 UTC with milliseconds. */
  now(): string;
}

interface Ids {
  /** A fresh UUID: operation and request ids. */
  uuid(): string;
  /** 19 digits, EMCO's form of an instance id. */
  instance(): string;
}

export interface ApiLinks {
  readonly temporalUi?: string;
  readonly git?: string;
}
