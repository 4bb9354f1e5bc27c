/** Histories as Temporal's own CLI shows them. */
import { resolveTool, runCommand } from '#lab/resolver/index.ts';
import type { Emco } from '#test/support/emco.ts';

export interface ShownHistory {
  readonly workflowId: string;
  /** As the CLI prints it. */
  readonly text: string;
  readonly events: number;
  readonly eventTypes: readonly string[];
  /** Every payload in it, decoded from base64. */
  readonly payloads: readonly Buffer[];
}

type Temporal = Pick<Emco, 'temporal' | 'namespace'>;

export async function readHistory(
  { temporal, namespace }: Temporal,
  workflowId: string,
  runId = '',
): Promise<ShownHistory> {
  const show = ['workflow', 'show', '--workflow-id', workflowId, '--output', 'json'];
  const where = ['--address', temporal, '--namespace', namespace];
  const run = runId === '' ? [] : ['--run-id', runId];
  const text = await runCommand([await resolveTool('temporal'), ...show, ...run, ...where]);
  const history: { events: readonly { eventType: string }[] } = JSON.parse(text);
  return {
    workflowId,
    text,
    events: history.events.length,
    eventTypes: history.events.map(({ eventType }) => eventType),
    payloads: findPayloads(history),
  };
}

/** All runs of all workflows. */
export async function readAllHistories(emco: Temporal & Pick<Emco, 'client'>): Promise<readonly ShownHistory[]> {
  const histories: ShownHistory[] = [];
  for await (const { workflowId, runId } of emco.client.workflow.list()) {
    histories.push(await readHistory(emco, workflowId, runId));
  }
  return histories;
}

/** A payload is an object with `metadata` and `data`, wherever it stands. */
function findPayloads(value: unknown): readonly Buffer[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(findPayloads);
  const members = new Map<string, unknown>(Object.entries(value));
  const data = members.get('data');
  if (members.has('metadata') && typeof data === 'string') return [Buffer.from(data, 'base64')];
  return [...members.values()].flatMap(findPayloads);
}
