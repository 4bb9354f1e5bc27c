import { CliError } from '#cli/cli-error.ts';
import type { Document } from '#cli/documents/document.ts';
import { toOwnPath } from '#cli/documents/to-request.ts';
import { toGroupPath } from '#cli/group/group-path.ts';
import { toGroupStatus } from '#cli/group/group-status.ts';
import type { Client } from '#cli/http/client.ts';

/** States in which a group cannot be deleted. */
const RUNNING = new Set(['Instantiated', 'InstantiateStopped']);

/**
 * A running group cannot be deleted, but what is below it can, and goes first: without this check a deletion that nobody wants
 * would end half done. Groups that the same documents terminate are fine.
 *
 * @throws CliError that names the group and what to do
 */
export async function refuseRunningGroups(documents: readonly Document[], client: Client): Promise<void> {
  const anchors = new Set(documents.map(({ anchor }) => anchor));
  for (const document of documents) {
    if (!document.anchor.endsWith('/deployment-intent-groups')) continue;
    const path = toOwnPath(document);
    if (anchors.has(`${path.slice('/v2/'.length)}/instantiate`)) continue;
    const { body, problem } = await client.ask({ method: 'GET', path: `${path}/status?output=summary` });
    const { state } = toGroupStatus(body);
    if (problem !== null || !RUNNING.has(state)) continue;
    const { name } = toGroupPath(path);
    throw new CliError(
      'failed',
      `group ${name}: expected it to be terminated before its documents are deleted, found ${state}`,
      `run \`emco terminate ${name} --wait\` first, or add the file that instantiates it; nothing was deleted`,
    );
  }
}
