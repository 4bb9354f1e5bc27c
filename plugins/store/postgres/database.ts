import { Pool, types } from 'pg';
import type { PoolClient, QueryResultRow } from 'pg';

import { isConflict, toFailure } from './to-failure.ts';

export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** Rows returned or changed. */
  readonly count: number;
}

/** Runs one statement. `Row` is what the statement's select list gives, as text or number. */
export type Query = <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Rows<Row>>;

export interface DatabaseOptions {
  readonly connectionString: string;
  /** Connections kept at most. The embedded database serves one transaction at a time, whatever their number. */
  readonly poolSize: number;
}

const connectTimeoutMs = 10_000;
const queryTimeoutMs = 120_000;
const attempts = 6;

/** A pool of connections. Statements carry no name, so clients that share a session (PGlite) do not meet. */
export class Database {
  readonly #pool: Pool;

  constructor(options: DatabaseOptions) {
    this.#pool = new Pool({
      connectionString: options.connectionString,
      max: options.poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: queryTimeoutMs,
      idleTimeoutMillis: 30_000,
      application_name: 'emco',
      types: { getTypeParser: toParser },
    });
    this.#pool.on('error', () => undefined); // an idle connection that breaks is replaced at its next use
  }

  /** One statement in a transaction of its own; run again when it lost a deadlock. */
  readonly query: Query = async (text, values = []) => repeat(() => run(this.#pool, text, values));

  /**
   * Short work under one transaction, read committed. Run again from its start when it lost a deadlock, so `work` keeps
   * no state from one run to the next.
   */
  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return repeat(() => this.#attempt(work));
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #attempt<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    client.on('error', ignore);
    try {
      await client.query('begin');
      const result = await work((text, values = []) => run(client, text, values));
      await client.query('commit');
      return result;
    } catch (error) {
      broken = await rollback(client);
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }
}

const ignore = (): void => undefined;

/** Answers the error that makes the connection unfit for use. */
async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
  } catch (error) {
    return error instanceof Error ? error : new Error('rollback failed');
  }
}

async function run<Row extends QueryResultRow>(
  on: Pool | PoolClient,
  text: string,
  values: readonly unknown[],
): Promise<Rows<Row>> {
  const result = await on.query<Row>(text, values.map(toStorable));
  return { rows: result.rows, count: result.rowCount ?? 0 };
}

/** PostgreSQL's text holds every character but U+0000, which an agent's message may bring. */
function toStorable(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
  return Array.isArray(value) ? value.map(toStorable) : value;
}

async function repeat<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || attempt === attempts) throw toFailure(error);
    }
  }
}

type Type = Parameters<typeof types.getTypeParser>[0];
type Format = Parameters<typeof types.getTypeParser>[1];

/** Numbers for bigint (ours stay far below 2^53), RFC 3339 text for times; the rest as `pg` does. */
function toParser(type: Type, format?: Format): (value: string) => unknown {
  if (type === types.builtins.INT8) return Number;
  if (type === types.builtins.TIMESTAMPTZ) return (value) => new Date(value).toISOString();
  return types.getTypeParser(type, format);
}
