/** Judges what a controller puts: first its shape, then whether it answers the request. */
import { changeManifests } from '#domain/change-manifests.ts';
import type { CustomiseRequest, CustomiseResult, PlaceRequest, PlaceResult } from '#domain/exchange.ts';
import { Failure, orThrow } from '#domain/failure.ts';
import type { Json } from '#domain/json.ts';
import { narrowCandidates } from '#domain/narrow-candidates.ts';
import type { ExchangeRecord } from '#domain/ports/exchanges.ts';
import type { ApiDeps } from '#api/deps.ts';
import { toProblem } from '#api/engine/judge-body.ts';
import { customiseResult, placeResult } from './exchange-schemas.ts';

const named = 20;
const shownCandidates = 5;

/**
 * The same checks that the plan makes, so that the controller hears of its mistakes.
 * @throws Failure `document-invalid`, `placement-impossible`
 */
export async function judgeResult(deps: ApiDeps, record: ExchangeRecord, json: Json): Promise<void> {
  judgeShape(record, json);
  const request: unknown = JSON.parse(new TextDecoder().decode(await deps.store.blobs.get(record.request)));
  // The step that opened the exchange wrote the request of its activity; the schema has judged the result.
  if (record.activity === 'place') checkPlaces(record, request as PlaceRequest, json as unknown as PlaceResult);
  else checkChanges(record, request as CustomiseRequest, json as unknown as CustomiseResult);
}

function judgeShape({ activity }: ExchangeRecord, json: Json): void {
  const schema = activity === 'place' ? placeResult : customiseResult;
  const judged = schema.safeParse(json, { reportInput: true });
  if (judged.success) return;
  const problems = judged.error.issues.slice(0, named).map((issue) => toProblem(issue, 'result'));
  throw new Failure('document-invalid', problems);
}

function checkPlaces({ controller }: ExchangeRecord, request: PlaceRequest, result: PlaceResult): void {
  const candidates = request.apps.map(({ app, allOf, anyOf }) => ({
    app,
    allOf: allOf.map((cluster) => ({ cluster, reasons: [] })),
    anyOf: anyOf.map((group) => ({ words: toWords(group), candidates: group })),
    notes: {},
    warnings: [],
  }));
  orThrow(narrowCandidates(candidates, { controller, apps: result.apps, warnings: result.warnings }));
}

const toWords = (group: readonly string[]): string =>
  `anyOf [${group.slice(0, shownCandidates).join(', ')}${group.length > shownCandidates ? ', …' : ''}]`;

function checkChanges({ controller }: ExchangeRecord, request: CustomiseRequest, result: CustomiseResult): void {
  const { objects, logicalCloud } = request;
  const apps = request.apps.map(({ app, variants }) => ({ app, variants, warnings: [] }));
  const { changes, warnings } = result;
  orThrow(changeManifests({ objects, apps }, { controller, namespace: logicalCloud.namespace, changes, warnings }));
}
