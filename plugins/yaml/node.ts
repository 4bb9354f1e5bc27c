/** The little tree that both parsers give: text with marks, nothing resolved yet. */

interface NodeBase {
  /** Offset in the text, for the line in a problem. */
  readonly at: number;
  /** As written, such as `!!str`, `!` or `!<tag:…>`; empty when there is none. */
  readonly tag: string;
  /** Empty when there is none. */
  readonly anchor: string;
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  readonly text: string;
  /** Neither quoted nor a block: the text may mean a number, a boolean or null. */
  readonly plain: boolean;
}

export interface SequenceNode extends NodeBase {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
}

export interface MappingNode extends NodeBase {
  readonly kind: 'mapping';
  readonly pairs: readonly (readonly [YamlNode, YamlNode])[];
}

export interface AliasNode {
  readonly kind: 'alias';
  readonly at: number;
  readonly name: string;
}

export type YamlNode = ScalarNode | SequenceNode | MappingNode | AliasNode;

/** A text that can't be read, with the offset where that shows. */
export class YamlError extends Error {
  readonly at: number;
  readonly tooLarge: boolean;

  constructor(message: string, at: number, tooLarge = false) {
    super(message);
    this.name = 'YamlError';
    this.at = at;
    this.tooLarge = tooLarge;
  }
}
