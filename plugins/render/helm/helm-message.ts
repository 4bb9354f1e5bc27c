/** Helm's words, fit for a problem: the file they are about, without temporary paths and advice about flags. */

export interface HelmMessage {
  /** `web/templates/cm.yaml`, or empty when Helm names none. */
  readonly file: string;
  readonly text: string;
}

const longest = 2_000;

export function toHelmMessage(stderr: string, folder: string): HelmMessage {
  const at = stderr.search(/^Error: /m);
  const raw = at < 0 ? stderr.slice(-longest) : stderr.slice(at + 'Error: '.length);
  const text = raw
    .replaceAll(`${folder}/chart`, 'chart')
    .replaceAll(folder, '')
    .replace(/\n*Use --debug flag to render out invalid YAML\s*$/, '')
    .trim()
    .slice(0, longest);
  const [, file = ''] =
    /(?:\bat \(|template: |parse error on |parse error at \(|\son )([\w.@+-]+\/[^\s:()"]+\.\w+)/.exec(text) ?? [];
  return { file, text: text === '' ? 'no message' : text };
}

const mostWarnings = 20;

/** Helm's warnings without source lines and times, so that the same chart gives the same words. */
export function toHelmWarnings(stderr: string): readonly string[] {
  const lines = stderr
    .split('\n')
    .map((line) =>
      line
        .replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, '')
        .replace(/^[\w.]+\.go:\d+: /, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('Error: '));
  return [...new Set(lines)].slice(0, mostWarnings).map((line) => `helm: ${line.slice(0, 300)}`);
}
