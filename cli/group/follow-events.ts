import { CliError } from '#cli/cli-error.ts';
import type { CliDeps } from '#cli/cli-deps.ts';
import type { Client } from '#cli/http/client.ts';
import { isRecord } from '#cli/http/problem.ts';

export type EventRecord = Readonly<Record<string, unknown>>;

export interface Following {
  readonly path: string;
  /** Id of the last event that was told; empty: from what the query says. */
  readonly lastId: string;
  readonly query: string;
  readonly tell: (event: EventRecord) => void;
}

const firstPauseMs = 500;
const longestPauseMs = 10_000;
/** Connections that fail one after the other before it is given up; each that told something begins anew. */
const tries = 10;

/** Tells every event once, over lost connections and restarts of the server, until the group is deleted. */
export async function followEvents(following: Following, given: { client: Client; deps: CliDeps }): Promise<void> {
  let { lastId } = following;
  let pause = firstPauseMs;
  for (let tried = 1; ; tried += 1) {
    const before = lastId;
    try {
      const isOver = await followOnce({ ...following, lastId }, given, (id) => (lastId = id));
      if (isOver) return;
      tried = 0;
    } catch (error) {
      if (!(error instanceof CliError) || error.exit !== 'unreachable' || tried >= tries) throw error;
    }
    if (lastId !== before) pause = firstPauseMs;
    given.deps.err('emco: the connection ended, connecting again\n');
    await given.deps.sleep(pause);
    pause = Math.min(pause * 2, longestPauseMs);
  }
}

/** True when there is nothing more to come. */
async function followOnce(
  { path, query, lastId, tell }: Following,
  { client }: { client: Client },
  move: (id: string) => void,
): Promise<boolean> {
  for await (const event of client.listen({ path: `${path}/events${query}`, lastEventId: lastId })) {
    const data: unknown = event.data === '' ? null : JSON.parse(event.data);
    if (isRecord(data)) tell(data);
    if (event.id !== '') move(event.id);
    if (event.type === 'deleted') return true;
  }
  return false;
}
