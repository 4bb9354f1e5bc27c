/** What a template is made of once it is read. Offsets point into its text. */
export interface Pipe {
  readonly at: number;
  /** Variables that it declares or sets, with their `$`. */
  readonly variables: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export interface Command {
  readonly at: number;
  /** Never empty; the first is what is called, when it is a function. */
  readonly operands: readonly Operand[];
}

export type Operand = { readonly at: number } & (
  | { readonly type: 'dot' }
  | { readonly type: 'nil' }
  | { readonly type: 'literal'; readonly value: bigint | number | string | boolean }
  | { readonly type: 'field'; readonly names: readonly string[] }
  | { readonly type: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'pipe'; readonly pipe: Pipe }
  | { readonly type: 'chain'; readonly of: Operand; readonly names: readonly string[] }
);

export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipe: Pipe; readonly source: string }
  | Branch
  | { readonly type: 'template'; readonly at: number; readonly name: string; readonly pipe: Pipe | null }
  | { readonly type: 'break' | 'continue' };

export interface Branch {
  readonly type: 'if' | 'with' | 'range';
  readonly pipe: Pipe;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

export interface Template {
  readonly root: readonly Node[];
  /** What `define` and `block` name. */
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
}
