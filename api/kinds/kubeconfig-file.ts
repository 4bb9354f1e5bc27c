/** Kubeconfigs from strangers: nothing in them may run a program or read a file of ours. */
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import { parseKubeconfig } from '#domain/kubeconfig.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { Draft } from '#api/engine/kind.ts';
import type { UploadedFile } from '#api/engine/multipart.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { readYaml } from './read-yaml.ts';

type ClusterDraft = Draft<{ readonly metadata: { readonly name: string } }>;

const secretMembers = new Set(['token', 'password', 'client-key-data', 'client-certificate-data', 'username']);

/** What is no kubeconfig at all is taken with a warning, as EMCO takes it; one that cannot be used is refused. */
export async function checkKubeconfig(draft: ClusterDraft): Promise<void> {
  const { deps, body, files } = draft;
  const object = `cluster ${body.metadata.name}`;
  for (const file of files) {
    const config = parse(deps, file.bytes);
    if (config === null) {
      draft.warn(`${object}: expected a kubeconfig with clusters and users, found something else`);
      continue;
    }
    const parsed = parseKubeconfig(config);
    if (parsed.ok) continue;
    throw new HttpProblem({
      status: 422,
      code: 'document-undecodable',
      text: `The kubeconfig of ${object} cannot be used`,
      problems: parsed.problems.map((problem) => ({ ...problem, object: `${object} ${problem.object}` })),
    });
  }
}

/** A Git cluster may come with any file (EMCO's examples do); only a kubeconfig is kept, so that nobody tries to use it. */
export const isKubeconfig = (
  draft: ClusterDraft & { readonly body: { readonly spec: GitOpsSpec } },
  file: UploadedFile,
): boolean => draft.body.spec.gitOps.gitOpsType === '' || parse(draft.deps, file.bytes) !== null;

interface GitOpsSpec {
  readonly gitOps: { readonly gitOpsType: string };
}

/** The same kubeconfig with `(redacted)` in place of credentials. */
export function redactKubeconfig(deps: Pick<ApiDeps, 'parseYaml'>, bytes: Uint8Array): Uint8Array {
  const config = parse(deps, bytes);
  const text = config === null ? '(redacted)' : JSON.stringify(redactUsers(config), null, 2);
  return Buffer.from(`${text}\n`);
}

function parse(deps: Pick<ApiDeps, 'parseYaml'>, bytes: Uint8Array): JsonObject | null {
  const read = readYaml(deps, bytes, 'kubeconfig');
  const config = read.ok ? read.documents[0] : undefined;
  return isJsonObject(config) && Array.isArray(config['clusters']) && Array.isArray(config['users']) ? config : null;
}

function redactUsers(config: JsonObject): JsonObject {
  const users = config['users'];
  if (!Array.isArray(users)) return config;
  const redacted = users.map((entry: Json) => {
    const user = isJsonObject(entry) ? entry['user'] : undefined;
    if (!isJsonObject(entry) || !isJsonObject(user)) return { user: '(redacted)' };
    const shown = Object.keys(user).map((name) => [name, secretMembers.has(name) ? '(redacted)' : user[name]]);
    return { ...entry, user: Object.fromEntries(shown) };
  });
  return { ...config, users: redacted };
}
