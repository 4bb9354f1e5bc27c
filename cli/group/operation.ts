import { asText, isRecord } from '#cli/http/problem.ts';

/** An operation as `GET …/operations` lists it. */
export interface Operation {
  readonly operationId: string;
  readonly number: number;
  readonly kind: string;
  readonly state: string;
  readonly revision: number;
  readonly step: string;
  readonly message: string;
  readonly requestedAt: string;
}

/** States that an operation does not leave. */
export const isEnded = ({ state }: Operation): boolean => ['done', 'failed', 'superseded', 'refused'].includes(state);

export function toOperations(body: unknown): readonly Operation[] {
  if (!Array.isArray(body)) return [];
  return body.filter(isRecord).map((each) => ({
    operationId: asText(each['id']),
    number: Number(each['number'] ?? 0),
    kind: asText(each['kind']),
    state: asText(each['state']),
    revision: Number(each['revision'] ?? 0),
    step: asText(each['step']),
    message: asText(each['message']),
    requestedAt: asText(each['requestedAt']),
  }));
}
