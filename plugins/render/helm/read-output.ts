/** Helm's output as Kubernetes objects, file by file. */
import type { Problem } from '#domain/failure.ts';
import { Failure } from '#domain/failure.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ParseYamlDocuments } from '#domain/ports/yaml.ts';
import { toObjects } from '#domain/to-objects.ts';

export interface OutputRequest {
  readonly app: string;
  readonly output: string;
  readonly parseYaml: ParseYamlDocuments;
}

const mostProblems = 20;
/** How long the event loop may be held: a large chart takes seconds to parse. */
const sliceMs = 20;

/** All objects in Helm's order. @throws Failure `render-failed` with every file that holds something else. */
export async function readOutput({ app, output, parseYaml }: OutputRequest): Promise<readonly KubernetesObject[]> {
  const objects: KubernetesObject[] = [];
  const problems: Problem[] = [];
  let since = performance.now();
  for (const { file, text } of splitOutput(output)) {
    const where = `app ${app}, file ${file}`;
    const documents = parseYaml(text, { object: where });
    if (!documents.ok) problems.push(...documents.problems);
    for (const document of documents.ok ? documents.value : []) {
      const result = toObjects(document, where);
      objects.push(...result.objects);
      problems.push(...result.problems);
    }
    if (problems.length >= mostProblems) break;
    if (performance.now() - since < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
  if (problems.length > 0) throw new Failure('render-failed', problems.slice(0, mostProblems));
  return objects;
}

/** Helm writes `---` and `# Source: <file>` before each manifest; a file of CRDs may hold several documents. */
function* splitOutput(output: string): Generator<{ readonly file: string; readonly text: string }> {
  const marks = [...output.matchAll(/^---\n# Source: (.*)$/gm)];
  for (const [at, mark] of marks.entries()) {
    const text = output.slice(mark.index + mark[0].length, marks[at + 1]?.index ?? output.length);
    yield { file: mark[1] ?? '', text };
  }
}
