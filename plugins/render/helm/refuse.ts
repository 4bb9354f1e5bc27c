import { Failure, type FailureCode } from '#domain/failure.ts';

/** A chart or profile that can't be rendered, in one sentence. */
export const refuse = (object: string, expected: string, found: string): Failure =>
  failWith('render-failed', { object, expected, found });

export const failWith = (
  code: FailureCode,
  problem: { readonly object: string; readonly expected: string; readonly found: string },
): Failure => new Failure(code, [problem]);
