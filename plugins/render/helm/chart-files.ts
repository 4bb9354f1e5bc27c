/** The files of a chart in memory: where the chart is in its archive, and what a profile puts over it. */
import type { Json } from '#domain/json.ts';
import { isJsonObject } from '#domain/json.ts';
import type { ArchiveEntry } from '#domain/ports/archives.ts';
import type { ParseYamlDocuments } from '#domain/ports/yaml.ts';
import { refuse } from './refuse.ts';

/** Content by path below the chart's folder; the name of the folder in the archive does not matter to Helm. */
export interface ChartFiles {
  readonly folder: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface ProfiledChart {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The profile's override values, or null. */
  readonly values: Uint8Array | null;
}

/** The chart is the folder with the `Chart.yaml` nearest to the root; of several, the one named like the app. */
export function findChart(entries: readonly ArchiveEntry[], app: string): ChartFiles {
  const folders = entries
    .filter(({ path }) => /^([^/]+\/)?Chart\.yaml$/.test(path))
    .map(({ path }) => path.slice(0, -'Chart.yaml'.length))
    .sort();
  const folder = folders.find((one) => one === '') ?? folders.find((one) => one === `${app}/`) ?? folders[0];
  if (folder === undefined) throw refuse(`chart of app ${app}`, 'a Chart.yaml in a folder of the archive', 'none');
  if (folders.length > 1 && folder !== '' && folder !== `${app}/`)
    throw refuse(
      `chart of app ${app}`,
      `one chart, or one in a folder named ${app}`,
      `charts in ${folders.join(', ')}`,
    );
  const own = entries.filter(({ path }) => path.startsWith(folder));
  return { folder, files: new Map(own.map(({ path, content }) => [path.slice(folder.length), content])) };
}

export interface ProfileRequest {
  readonly app: string;
  readonly chart: ChartFiles;
  readonly profile: readonly ArchiveEntry[];
  readonly parseYaml: ParseYamlDocuments;
}

/** Copies the profile's files into the chart and gives its values, as its `manifest.yaml` says. */
export function applyProfile({ app, chart, profile, parseYaml }: ProfileRequest): ProfiledChart {
  const object = `profile of app ${app}`;
  const files = new Map(profile.map(({ path, content }) => [path, content]));
  const manifest = files.get('manifest.yaml');
  if (manifest === undefined) throw refuse(object, 'a manifest.yaml at the root of the archive', 'none');
  const { values, resources } = parseManifest(manifest, object, parseYaml);
  const take = (path: string, what: string): Uint8Array => {
    const content = files.get(path.replace(/^(\.\/)+/, ''));
    if (content === undefined)
      throw refuse(object, `file ${path}, which manifest.yaml names as ${what}`, 'no such file');
    return content;
  };
  const merged = new Map(chart.files);
  for (const { filepath, chartpath } of resources) {
    merged.set(toChartPath(chartpath, { app, chart, object }), take(filepath, 'configresource'));
  }
  return { files: merged, values: values === null ? null : take(values, 'values') };
}

interface ProfileManifest {
  readonly values: string | null;
  readonly resources: readonly { readonly filepath: string; readonly chartpath: string }[];
}

function parseManifest(bytes: Uint8Array, object: string, parseYaml: ParseYamlDocuments): ProfileManifest {
  const where = `${object}, manifest.yaml`;
  const documents = parseYaml(new TextDecoder().decode(bytes), { object: where });
  if (!documents.ok) throw refuse(where, 'YAML that can be read', documents.problems[0]?.found ?? 'none');
  const manifest = documents.value[0];
  if (!isJsonObject(manifest)) throw refuse(where, 'a mapping with version and type', 'none');
  const type = isJsonObject(manifest['type']) ? manifest['type'] : {};
  const values = toText(type['values'], `${where}, type.values`);
  const list = type['configresource'] ?? [];
  if (!Array.isArray(list)) throw refuse(`${where}, type.configresource`, 'a sequence', 'something else');
  const resources = list.map((one: Json, at: number) => toResource(one, `${where}, configresource ${at + 1}`));
  return { values, resources };
}

function toText(value: Json | undefined, object: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw refuse(object, 'a path', `a ${typeof value}`);
  return value;
}

function toResource(value: Json, object: string): ProfileManifest['resources'][number] {
  const filepath = isJsonObject(value) ? toText(value['filepath'], object) : null;
  const chartpath = isJsonObject(value) ? toText(value['chartpath'], object) : null;
  if (filepath === null || chartpath === null) throw refuse(object, 'filepath and chartpath', 'one or both missing');
  return { filepath, chartpath };
}

/** From the archive's root, as EMCO counts, to the chart's; its folder must be there, or the file would do nothing. */
function toChartPath(
  chartpath: string,
  of: Pick<ProfileRequest, 'app' | 'chart'> & { readonly object: string },
): string {
  const segments = chartpath.split('/').filter((segment) => segment !== '' && segment !== '.');
  const where = `${of.object}, chartpath ${chartpath}`;
  if (chartpath.startsWith('/') || segments.includes('..') || /[\\\p{Cc}]/u.test(chartpath))
    throw refuse(where, 'a path inside the chart', 'one that leads out of it');
  const top = segments[0] ?? '';
  const below = `${top}/` === of.chart.folder || top === of.app ? segments.slice(1) : segments;
  if (below.length === segments.length && of.chart.folder !== '')
    throw refuse(where, `a path below ${of.chart.folder} of the chart's archive`, `one below ${top}`);
  const path = below.join('/');
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  if (path === '' || ![...of.chart.files.keys()].some((known) => known.startsWith(folder)))
    throw refuse(where, `folder ${folder} in the chart`, 'no such folder');
  return path;
}
