/** A template that cannot be read or filled, and where. */
export class TemplateError extends Error {
  /** Offset in the template's text. */
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.name = 'TemplateError';
    this.offset = offset;
  }
}

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

export function toPlace(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: Array.from(before.slice(lineStart)).length + 1 };
}
