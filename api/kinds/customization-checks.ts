/** Checks of a customisation beyond its schema. */
import { isDataKey } from '#domain/data-key.ts';
import { textAt } from '#domain/document-secrets.ts';
import { fillPlaceholders, toLookUp } from '#domain/look-up.ts';
import type { Draft } from '#api/engine/kind.ts';
import { HttpProblem } from '#api/engine/problem.ts';

interface KeyOption {
  readonly fileName: string;
  readonly keyName: string;
  readonly mergePatch?: 'true' | 'false' | undefined;
}

interface Options {
  readonly dataKeyOptions?: readonly KeyOption[] | undefined;
}

interface CustomizationBody {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly clusterSpecific: 'true' | 'false';
    readonly clusterInfo: { readonly scope: 'label' | 'name'; readonly cluster: string; readonly clusterLabel: string };
    readonly patchType?: 'json' | 'merge' | '' | undefined;
    readonly patchJson?: readonly { readonly path: string; readonly value?: unknown }[] | undefined;
    readonly configMapOptions: Options;
    readonly secretOptions: Options;
  };
}

export async function checkCustomization(draft: Draft<CustomizationBody>): Promise<void> {
  const { body } = draft;
  const { clusterSpecific, clusterInfo, patchJson = [] } = body.spec;
  if (clusterSpecific === 'true') {
    if (clusterInfo.scope === 'label' && clusterInfo.clusterLabel === '')
      throw refusal(body, 'clusterLabel is missing');
    if (clusterInfo.scope === 'name' && clusterInfo.cluster === '') throw refusal(body, 'clusterName is missing');
  }
  const unsafe = patchJson.find(({ path }) =>
    path.split('/').some((step) => step === '__proto__' || step === 'constructor'),
  );
  if (unsafe !== undefined) throw refusal(body, `patch path ${unsafe.path.slice(0, 80)} is not allowed`);
  for (const { value } of patchJson) checkLookUp(body, value);
  await checkDataKeys(draft);
}

function checkLookUp(body: CustomizationBody, value: unknown): void {
  const url = toLookUp(value);
  if (url === null) return;
  const probe = fillPlaceholders(url, { provider: 'p', cluster: 'c' });
  // Shown in short, and never with what may stand before an @.
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(probe))
    throw refusal(
      body,
      `parse ${JSON.stringify(url.replace(/\/\/[^/]*@/, '//').slice(0, 120))}: invalid URI for request`,
    );
  const { username, password } = new URL(probe);
  if (username !== '' || password !== '') throw refusal(body, 'the URL of a look-up may not carry a user or password');
}

/** Every option must name a file that is there, and every file must get a key of its own that Kubernetes takes. */
async function checkDataKeys(draft: Draft<CustomizationBody>): Promise<void> {
  const { body } = draft;
  const names = draft.files.length > 0 ? draft.files.map(toBaseName) : (draft.existing?.files ?? []).map(toBaseName);
  for (const { dataKeyOptions = [] } of [body.spec.configMapOptions, body.spec.secretOptions]) {
    const twice = findTwice(dataKeyOptions.map(({ fileName }) => fileName));
    if (twice !== undefined) throw refusal(body, `dataKeyOptions name file ${twice.slice(0, 80)} twice`);
    const unknown = dataKeyOptions.find(({ fileName }) => !names.includes(fileName));
    if (unknown !== undefined) {
      const found = names.length === 0 ? 'none' : names.slice(0, 20).join(', ');
      throw refusal(
        body,
        `dataKeyOptions name file ${unknown.fileName.slice(0, 80)}, but the files with content are: ${found}`,
      );
    }
  }
  const kind = names.length === 0 ? null : await findDataKind(draft);
  if (kind === null) return;
  const options = kind === 'secret' ? body.spec.secretOptions : body.spec.configMapOptions;
  checkKeys(body, names, options.dataKeyOptions ?? []);
}

function checkKeys(body: CustomizationBody, names: readonly string[], options: readonly KeyOption[]): void {
  const byFile = new Map(options.map((option) => [option.fileName, option]));
  const dataFiles = names.filter((name) => byFile.get(name)?.mergePatch !== 'true');
  const keys = dataFiles.map((name) => byFile.get(name)?.keyName ?? name);
  const invalid = keys.find((key) => !isDataKey(key));
  if (invalid !== undefined) throw refusal(body, `${JSON.stringify(invalid.slice(0, 80))} is not a valid data key`);
  const twice = findTwice(keys);
  if (twice !== undefined) throw refusal(body, `keyName ${twice.slice(0, 80)} is given twice`);
}

/** Only ConfigMaps and Secrets take files as data. */
async function findDataKind({ deps, parent }: Draft<CustomizationBody>): Promise<'configmap' | 'secret' | null> {
  const resource = parent === null ? null : await deps.store.documents.find(parent);
  const kind = resource === null ? '' : textAt(resource.body, ['spec', 'resourceGVK', 'kind']).toLowerCase();
  return kind === 'configmap' || kind === 'secret' ? kind : null;
}

export async function checkDataFiles({ body, files }: Draft<CustomizationBody>): Promise<void> {
  const names = files.map(toBaseName);
  if (names.some((name) => name === ''))
    throw refusal(body, 'every file needs a file name, which is its key in the data');
  const twice = findTwice(names);
  if (twice !== undefined) throw refusal(body, `file ${twice.slice(0, 80)} is given twice`);
}

const toBaseName = ({ fileName }: { readonly fileName: string }): string => fileName.split(/[\\/]/).at(-1) ?? '';

const findTwice = (all: readonly string[]): string | undefined => all.find((one, index) => all.indexOf(one) !== index);

const refusal = (body: CustomizationBody, text: string): HttpProblem =>
  new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text,
    problems: [{ object: `customization ${body.metadata.name}`, expected: 'a complete customization', found: text }],
  });
