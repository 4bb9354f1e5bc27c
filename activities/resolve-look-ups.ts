/** What look-ups in patch values give, read once for a plan and kept sealed under one digest. */
import { Failure, type Problem } from '#domain/failure.ts';
import type { GenericResource, GroupInputs } from '#domain/inputs.ts';
import type { Json } from '#domain/json.ts';
import type { LookUps, Placement } from '#domain/plan.ts';
import type { LookUp } from '#domain/ports/plugins.ts';
import type { LookedUp } from '#domain/ports/url-reader.ts';
import type { GroupSteps } from '#domain/steps.ts';
import { atATime } from './at-a-time.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson, loadManyJson, saveJson } from './json-blobs.ts';
import { readOwnValues } from './own-values.ts';

type ResolveInput = Parameters<GroupSteps['resolveLookUps']>[0];

const atOnce = 8;
/** Whoever has so many look-ups that fail has one cause. */
const mostProblems = 20;
/** All values together. */
const mostCharacters = 16 * 1024 * 1024;

export async function resolveLookUps(deps: ActivityDeps, input: ResolveInput, signal: AbortSignal): Promise<LookUps> {
  const { group, operationId } = input;
  const { blobs, audit } = deps.store;
  const wanted = await findLookUps(deps, input);
  const made = deps.lookUps.read.recall(group);
  const known = made?.key === operationId ? made.value : new Map<string, Json>();
  const values = new Map(known);
  const own = await readOwnValues(deps, wanted);
  const read = (url: string): LookedUp | Promise<LookedUp> => own.get(url) ?? deps.lookUps.reader.read(url, signal);
  const failed = await readAll(read, { wanted: wanted.filter(({ url }) => !values.has(url)), values }, signal);
  deps.lookUps.read.remember(group, { key: operationId, value: values });
  throwIfAny(failed);
  // By URL: the same values have the same digest.
  const sorted = wanted
    .map(({ url }) => [url, values.get(url) ?? null] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lookUps = { digest: await saveJson(blobs, Object.fromEntries(sorted)), urls: sorted.length };
  await audit.append({
    time: new Date(deps.now()).toISOString(),
    actor: 'emco',
    action: 'resolve-look-ups',
    object: group,
    before: '',
    after: lookUps.digest,
    detail: `${lookUps.urls} URLs for operation ${operationId}`,
  });
  return lookUps;
}

/** Each URL once, with who asks for it first. */
async function findLookUps({ store, customiser }: ActivityDeps, input: ResolveInput): Promise<readonly LookUp[]> {
  const group = await loadJson<GroupInputs>(store.blobs, input.inputs);
  const placement = await loadJson<Placement>(store.blobs, input.placement);
  const addresses = group.lookUpApps.flatMap((app) => group.resources[app] ?? []);
  const resources = await loadManyJson<GenericResource[]>(store.blobs, addresses);
  const byUrl = new Map<string, LookUp>();
  for (const { app, choices } of placement) {
    const address = group.resources[app];
    const own = address === undefined ? undefined : resources.get(address);
    if (own === undefined) continue;
    const chosen = new Set(choices.map(({ cluster }) => cluster));
    const clusters = group.clusters.filter(({ key }) => chosen.has(key));
    for (const lookUp of customiser.lookUps({ clusters, resources: own }))
      if (!byUrl.has(lookUp.url)) byUrl.set(lookUp.url, lookUp);
  }
  return [...byUrl.values()];
}

interface Reading {
  readonly wanted: readonly LookUp[];
  /** Grows. */
  readonly values: Map<string, Json>;
}

interface Failed {
  readonly problem: Problem;
  readonly isRetryable: boolean;
}

/** A few at a time; ends early when nothing good can come of it any more. */
async function readAll(
  read: (url: string) => LookedUp | Promise<LookedUp>,
  { wanted, values }: Reading,
  signal: AbortSignal,
): Promise<readonly Failed[]> {
  const failed: Failed[] = [];
  let characters = 0;
  await atATime(atOnce, wanted, async (lookUp) => {
    if (failed.length >= mostProblems || characters > mostCharacters) return;
    signal.throwIfAborted();
    const answer = await read(lookUp.url);
    if (!answer.ok) {
      failed.push(toFailed(lookUp, answer));
      return;
    }
    values.set(lookUp.url, answer.value);
    characters += JSON.stringify(answer.value).length;
  });
  if (characters > mostCharacters) failed.push(tooLarge);
  return failed;
}

function toFailed({ url, object }: LookUp, answer: Extract<LookedUp, { readonly ok: false }>): Failed {
  const { expected, found, isRetryable } = answer;
  return { problem: { object: `${object}, look-up ${describeUrl(url)}`, expected, found }, isRetryable };
}

const tooLarge: Failed = {
  problem: { object: 'look-ups', expected: `at most ${mostCharacters} characters of values`, found: 'more' },
  isRetryable: false,
};

/** Queries may carry a token; EMCO's `key` names what is looked up. */
function describeUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) return 'that is no URL';
  const key = url.searchParams.get('key');
  return `${url.origin}${url.pathname}${key === null ? '' : `?key=${key}`}`.slice(0, 300);
}

/** One that trying again can't help decides over those that it could. */
function throwIfAny(failed: readonly Failed[]): void {
  const problems = failed.slice(0, mostProblems).map(({ problem }) => problem);
  if (problems.length === 0) return;
  const isHopeless = failed.some(({ isRetryable }) => !isRetryable);
  throw new Failure(isHopeless ? 'customise-failed' : 'look-up-failed', problems);
}
