/** Checks of a customisation beyond its schema. */
import type { Draft } from '#api/engine/kind.ts';
import { HttpProblem } from '#api/engine/problem.ts';

interface KeyOption {
  readonly fileName: string;
  readonly keyName: string;
}

interface Options {
  readonly dataKeyOptions?: readonly KeyOption[] | undefined;
}

interface CustomizationBody {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly clusterSpecific: 'true' | 'false';
    readonly clusterInfo: { readonly scope: 'label' | 'name'; readonly cluster: string; readonly clusterLabel: string };
    readonly patchJson?: readonly { readonly path: string }[] | undefined;
    readonly configMapOptions: Options;
    readonly secretOptions: Options;
  };
}

export async function checkCustomization({ body }: Draft<CustomizationBody>): Promise<void> {
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
  const keys = [body.spec.configMapOptions, body.spec.secretOptions].flatMap((each) => each.dataKeyOptions ?? []);
  const twice = keys.find(({ keyName }, index) => keys.findIndex((other) => other.keyName === keyName) !== index);
  if (twice !== undefined) throw refusal(body, `keyName ${twice.keyName} is given twice`);
}

export async function checkDataFiles({ body, files }: Draft<CustomizationBody>): Promise<void> {
  const names = files.map((file) => file.fileName.split(/[\\/]/).at(-1) ?? '');
  const unnamed = names.some((name) => name === '');
  if (unnamed) throw refusal(body, 'every file needs a file name, which is its key in the data');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refusal(body, `file ${twice.slice(0, 80)} is given twice`);
}

const refusal = (body: CustomizationBody, text: string): HttpProblem =>
  new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text,
    problems: [{ object: `customization ${body.metadata.name}`, expected: 'a complete customization', found: text }],
  });
