/** Reads what look-ups in patch values ask for. */
import type { Json } from '#domain/json.ts';

/** What a URL gave; `expected` and `found` never hold anything of the answer's body. */
export type LookedUp =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly isRetryable: boolean; readonly expected: string; readonly found: string };

export interface UrlReader {
  /** The member `value` of the JSON object that GET answers. Throws only when `signal` aborts. */
  read(url: string, signal: AbortSignal): Promise<LookedUp>;
}
