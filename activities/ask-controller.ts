/** The two ends of a call of a controller of one's own: its request is put where it can get it, its result is taken. */
import type { CustomiseResult, ExchangeHead, PlaceResult } from '#domain/exchange.ts';
import { changeManifests } from '#domain/change-manifests.ts';
import { orThrow } from '#domain/failure.ts';
import type { GroupInputs } from '#domain/inputs.ts';
import type { Manifests } from '#domain/manifest-variants.ts';
import { narrowCandidates } from '#domain/narrow-candidates.ts';
import type { AppCandidates } from '#domain/placement.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { AskStep, GroupSteps } from '#domain/steps.ts';
import type { ActivityDeps } from './deps.ts';
import { makeRequest } from './exchange-request.ts';
import { loadJson, saveJson } from './json-blobs.ts';

const idDigits = 32;

/** What travels through Temporal has a fixed size; the request's address is made of its digest, which nobody can guess. */
export async function offerExchange(deps: ActivityDeps, step: AskStep): ReturnType<GroupSteps['offerExchange']> {
  const { group, operationId, operation, call } = step;
  const { controller, intent, activity } = call;
  const made = await makeRequest(deps, step);
  const request = await saveJson(deps.store.blobs, made);
  const id = deps.sha256(request).slice(0, idDigits);
  await deps.store.exchanges.open({ id, group, operationId, operation, controller, intent, activity, request });
  await deps.store.groups.step(group, operationId, `controller ${controller} asked`);
  const exchange = `${await deps.apiUrl()}/v2${group}/exchanges/${id}`;
  return { exchange: id, input: { ...toHead(made), kind: 'ControllerCall', exchange } };
}

const toHead = ({ apiVersion, controller, intent, group, operation, revision }: ExchangeHead): ExchangeHead => ({
  apiVersion,
  controller,
  intent,
  group,
  operation,
  revision,
});

type TakeInput = Parameters<GroupSteps['takeResult']>[0];

/** The API has judged the result when it was put; what it makes of the value is made here. */
export async function takeResult(deps: ActivityDeps, input: TakeInput): ReturnType<GroupSteps['takeResult']> {
  await deps.store.exchanges.take(input.exchange, input.digest);
  const value = input.call.activity === 'place' ? await narrow(deps, input) : await change(deps, input);
  await deps.store.groups.step(input.group, input.operationId, `controller ${input.call.controller} answered`);
  return { value };
}

async function narrow({ store: { blobs } }: ActivityDeps, { call, digest, value }: TakeInput): Promise<BlobAddress> {
  const candidates = await loadJson<readonly AppCandidates[]>(blobs, value);
  const { apps, warnings } = await loadJson<PlaceResult>(blobs, digest);
  return saveJson(blobs, orThrow(narrowCandidates(candidates, { controller: call.controller, apps, warnings })));
}

async function change({ store: { blobs } }: ActivityDeps, input: TakeInput): Promise<BlobAddress> {
  const { logicalCloud } = await loadJson<GroupInputs>(blobs, input.inputs);
  const manifests = await loadJson<Manifests>(blobs, input.value);
  const { changes, warnings } = await loadJson<CustomiseResult>(blobs, input.digest);
  const { controller } = input.call;
  const changing = { controller, namespace: logicalCloud.namespace, changes, warnings };
  return saveJson(blobs, orThrow(changeManifests(manifests, changing)));
}
