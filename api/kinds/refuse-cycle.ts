import { documentKinds } from '#domain/document-kinds.ts';
import { textAt } from '#domain/document-secrets.ts';
import type { DocumentKey } from '#domain/group.ts';
import type { JsonObject } from '#domain/json.ts';
import { orderApps } from '#domain/waves.ts';
import type { Draft } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { versionPath } from '#api/groups/group-paths.ts';

export const toCycleText = (compositeApp: string): string =>
  `Cyclic Dependency between apps found in composite app:${compositeApp}`;

interface Edge {
  readonly key: DocumentKey;
  readonly from: string;
  readonly to: string;
}

/** No dependency may close a circle. One on an app that is not there yet may come first; instantiate looks again. */
export async function refuseCycle({ deps, key, names, body }: Draft): Promise<void> {
  const { documents } = deps.store;
  const version = toKey(versionPath, names);
  const apps = version === null ? [] : await documents.list(documentKinds.app, version);
  const present = await documents.listOfParents(
    documentKinds.appDependency,
    apps.map((app) => app.key),
  );
  const draft: Edge = { key, from: names['app'] ?? '', to: textAt(body, ['spec', 'app']) };
  const edges = [...present.filter((one) => one.key !== key).map((one) => toEdge(one.key, one.body)), draft];
  const ordered = orderApps(
    [...new Set(edges.flatMap(({ from, to }) => [from, to]))].map((name) => ({
      name,
      dependencies: edges.filter(({ from }) => from === name).map(({ to }) => ({ app: to })),
    })),
  );
  if (ordered.ok) return;
  const text = toCycleText(names['compositeApp'] ?? '');
  throw new HttpProblem({ status: 400, code: ordered.code, text, problems: ordered.problems });
}

/** `…/apps/<app>/dependency/<name>`. */
const toEdge = (key: DocumentKey, body: JsonObject): Edge => ({
  key,
  from: key.split('/').at(-3) ?? '',
  to: textAt(body, ['spec', 'app']),
});
