/** Parses what arrives as an Update or a Signal; scripts may send anything. */
import { type Problem, type Result, refused, success } from './failure.ts';
import { isJsonObject, type Json } from './json.ts';
import type { OperationKind, OperationRequest, RemovalOptions } from './operation.ts';

export interface ParsedRequest {
  readonly request: OperationRequest;
  /** The revision that the store's row already has; null when nobody wrote a row yet. */
  readonly recordedRevision: number | null;
}

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/**
 * @param payload an `OperationPayload`, nothing at all, or EMCO's body with the same members under `spec`
 * @param fallbackId the operation id of a payload that names none
 */
export function parseOperationRequest(
  kind: OperationKind,
  payload: unknown,
  fallbackId: string,
): Result<ParsedRequest> {
  const members = toMembers(payload);
  if (members === null)
    return refused('document-undecodable', [problem(kind, 'a JSON object or nothing', describe(payload))]);
  const problems: Problem[] = [];
  const operationId = toOperationId(members['operationId'], fallbackId, (found) =>
    problems.push(problem(kind, 'operationId of 1 to 128 letters, digits and .:_-', found)),
  );
  const toRevision = kind === 'rollback' ? toRevisionNumber(members['revision']) : null;
  if (kind === 'rollback' && toRevision === null) {
    problems.push(problem(kind, 'revision, a whole number from 1', describe(members['revision'])));
  }
  const migrateTo = kind === 'migrate' ? toMigration(members) : null;
  if (kind === 'migrate' && migrateTo === null) {
    problems.push(
      problem(
        kind,
        'targetVersion and targetGroup (or targetCompositeAppVersion and targetDeploymentIntentGroup)',
        'not both',
      ),
    );
  }
  const removal = kind === 'terminate' ? toRemoval(members, (object) => problems.push(object)) : null;
  if (problems.length > 0) return refused('document-invalid', problems);
  const requestedBy = typeof members['requestedBy'] === 'string' ? members['requestedBy'].slice(0, 128) : 'signal';
  return success({
    request: { operationId, kind, toRevision, migrateTo, requestedBy, ...(removal === null ? {} : { removal }) },
    recordedRevision: toRecordedRevision(members['recordedRevision']),
  });
}

type Members = Readonly<Record<string, Json>>;

function toMembers(payload: unknown): Members | null {
  if (payload === undefined || payload === null) return {};
  // A payload that came through Temporal's JSON converter holds JSON only.
  const value = payload as Json;
  if (!isJsonObject(value)) return null;
  return isJsonObject(value['spec']) ? { ...value['spec'], ...value } : value;
}

function toOperationId(value: Json | undefined, fallback: string, refuse: (found: string) => void): string {
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'string' && idPattern.test(value)) return value;
  refuse(describe(value));
  return fallback;
}

/** Null where nothing but the usual is asked. */
function toRemoval(members: Members, refuse: (found: Problem) => void): RemovalOptions | null {
  const read = (name: 'deleteCrds' | 'skipHooks'): boolean => {
    const value = members[name];
    if (value === undefined || value === null) return false;
    if (typeof value !== 'boolean') refuse(problem('terminate', `${name}, true or false`, describe(value)));
    return value === true;
  };
  const removal = { deleteCrds: read('deleteCrds'), skipHooks: read('skipHooks') };
  return removal.deleteCrds || removal.skipHooks ? removal : null;
}

function toRevisionNumber(value: Json | undefined): number | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

/** Only the API writes it; what is no count of revisions counts as absent, like every other unknown member. */
function toRecordedRevision(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function toMigration(members: Members): OperationRequest['migrateTo'] {
  const version = members['targetVersion'] ?? members['targetCompositeAppVersion'];
  const group = members['targetGroup'] ?? members['targetDigName'] ?? members['targetDeploymentIntentGroup'];
  return isName(version) && isName(group) ? { version, group } : null;
}

const isName = (value: Json | undefined): value is string => typeof value === 'string' && value !== '';

const problem = (kind: OperationKind, expected: string, found: string): Problem => ({
  object: `request ${kind}`,
  expected,
  found,
});

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : JSON.stringify(value).slice(0, 60);
}
