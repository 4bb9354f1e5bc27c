import type { Json, JsonObject } from '#plugins/action/gac/strategic-merge/index.ts';
import { tryCommand } from '#lab/resolver/index.ts';
import type { Batch } from './make-batch.ts';

/** What kubectl said of a batch: the patched documents of those that it could patch, in order, and its messages. */
export interface Answer {
  readonly documents: readonly Json[];
  /** Standard error: one message a line, unless a message has several. */
  readonly errors: string;
}

/** Runs `kubectl patch --local --type strategic` once for all documents. */
export async function askKubectl(kubectl: string, { patch, documents }: Batch): Promise<Answer> {
  const list: JsonObject = { apiVersion: 'v1', kind: 'List', items: documents };
  const flags = ['--local', '--type', 'strategic', '-o', 'json', '--show-managed-fields', '-f', '-'];
  const said = await tryCommand([kubectl, 'patch', ...flags, '-p', JSON.stringify(patch)], {
    input: JSON.stringify(list),
    env: { KUBECONFIG: '/dev/null' },
    timeoutMs: 60_000,
  });
  // kubectl prints each object as `{`, indented lines, `}`.
  const texts = said.stdout.split(/(?<=^\}$)/m).filter((text) => text.trim() !== '');
  return { documents: texts.map((text) => JSON.parse(text) as Json), errors: said.stderr.trim() };
}
