/** One document of an EMCO YAML stream. */
export interface Document {
  /** `shop.yaml:12`, for messages. */
  readonly at: string;
  /** Folder of the YAML file, where `file:` is looked for after the working folder. */
  readonly folder: string;
  /** Path below `/v2/`, without slashes at its ends. */
  readonly anchor: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly spec: Readonly<Record<string, unknown>> | null;
  readonly clusterLabel: string | null;
  readonly file: string | null;
  readonly files: readonly string[] | null;
}

export const toName = (document: Document): string => {
  const name = document.metadata?.['name'];
  return typeof name === 'string' ? name : '';
};

/** `logical-clouds/cloud` or, for a verb, `shop/instantiate`: enough to recognise a document in a list. */
export function toTitle(document: Document): string {
  const segments = document.anchor.split('/');
  const name = toName(document) || (document.clusterLabel ?? '');
  return name === '' ? segments.slice(-2).join('/') : `${segments.at(-1)}/${name}`;
}
