/** Reading YAML: a pure function that plugins are given, since each imports its own vendors only. */
import type { Result } from '#domain/failure.ts';
import type { Json } from '#domain/json.ts';

export interface YamlLimits {
  /** Characters of the whole text. */
  readonly characters: number;
  /** Nested collections. */
  readonly depth: number;
  /** Characters and nodes that aliases may add to what is written out. */
  readonly aliasWeight: number;
}

export interface YamlSource {
  /** What the text is, for problems: `file web/templates/cm.yaml`. */
  readonly object: string;
  readonly limits?: Partial<YamlLimits>;
}

/**
 * All documents of a text from strangers, as Kubernetes' own reader would understand them; an empty document is null.
 * @returns `document-undecodable` (syntax, duplicate key, merge key, custom tag, what JSON can't say) or `document-too-large`.
 */
export type ParseYamlDocuments = (text: string, source: YamlSource) => Result<readonly Json[]>;
