/** What a chart archive must hold; Helm judges the rest. */
import { Failure } from '#domain/failure.ts';
import { isJsonObject } from '#domain/json.ts';
import type { ArchiveEntry } from '#domain/ports/archives.ts';
import type { Draft } from '#api/engine/kind.ts';
import { emcoTexts, HttpProblem } from '#api/engine/problem.ts';
import { readYaml } from './read-yaml.ts';

export async function checkChart(draft: Draft<{ readonly metadata: { readonly name: string } }>): Promise<void> {
  const object = `app ${draft.body.metadata.name}`;
  for (const file of draft.files) {
    const entries = await readArchive(draft, file.bytes, object);
    // macOS adds files of its own beside the folder.
    const paths = entries.map((entry) => entry.path).filter((path) => !path.startsWith('._'));
    const folders = [...new Set(paths.map((path) => path.split('/')[0] ?? ''))].sort();
    const [folder = ''] = folders;
    if (folders.length !== 1 || paths.includes(folder)) {
      throw wrongContent(object, 'one folder that holds the chart', `${folders.slice(0, 5).join(', ')} at the top`);
    }
    const path = `${folder}/Chart.yaml`;
    checkChartYaml(draft, { object, path, entry: entries.find((each) => each.path === path) });
  }
}

/** @throws HttpProblem with EMCO's text when it is no safe tar.gz */
export async function readArchive(draft: Pick<Draft, 'deps'>, bytes: Uint8Array, object: string) {
  try {
    return await draft.deps.archives.readTarGz(bytes, object);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'document-undecodable') throw error;
    throw new HttpProblem({
      status: 422,
      code: 'document-undecodable',
      text: emcoTexts.fileFormat,
      problems: error.problems,
    });
  }
}

interface ChartYaml {
  readonly object: string;
  readonly path: string;
  readonly entry: ArchiveEntry | undefined;
}

function checkChartYaml({ deps }: Pick<Draft, 'deps'>, { object, path, entry }: ChartYaml): void {
  if (entry === undefined) throw wrongContent(object, path, 'none');
  const read = readYaml(deps, entry.content, path);
  if (!read.ok) throw wrongContent(object, `valid YAML in ${path}`, read.found);
  const [chart = null] = read.documents;
  const { name, type } = isJsonObject(chart) ? chart : {};
  if (typeof name !== 'string' || name === '') throw wrongContent(object, `name in ${path}`, 'none');
  if (type !== undefined && type !== null && type !== '' && type !== 'application') {
    throw wrongContent(object, 'a chart of type application', JSON.stringify(type).slice(0, 40));
  }
}

const wrongContent = (object: string, expected: string, found: string): HttpProblem =>
  new HttpProblem({
    status: 422,
    code: 'document-undecodable',
    text: emcoTexts.fileFormat,
    problems: [{ object, expected, found }],
  });
