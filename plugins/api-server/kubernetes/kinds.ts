import { readObjects, readText } from '#domain/health-fields.ts';
import type { JsonObject } from '#domain/json.ts';
import type { ApiCall, ApiAnswer, KindRef, ServedKind } from '#domain/ports/api-server.ts';

type Call = (call: ApiCall) => Promise<ApiAnswer>;

/** Which kinds an API server serves, asked per group version and remembered until told to forget. */
export class Kinds {
  readonly #call: Call;
  readonly #served = new Map<string, Promise<readonly ServedKind[]>>();

  constructor(call: Call) {
    this.#call = call;
  }

  async find({ group, version, kind }: KindRef): Promise<ServedKind | null> {
    const versions = version === '' ? await this.#versionsOf(group) : [version];
    for (const one of versions) {
      const served = await this.#list(group, one);
      const found = served.find((candidate) => candidate.kind === kind);
      if (found !== undefined) return found;
    }
    return null;
  }

  forget(): void {
    this.#served.clear();
  }

  /** Versions of a group, the preferred one first. */
  async #versionsOf(group: string): Promise<readonly string[]> {
    if (group === '') return ['v1'];
    const answer = await this.#call({ method: 'GET', path: `/apis/${group}` });
    if (!answer.ok) return [];
    const preferred = readText(answer.body, 'preferredVersion', 'version');
    const all = readObjects(answer.body, 'versions').map((version) => readText(version, 'version'));
    return [preferred, ...all.filter((version) => version !== preferred)];
  }

  #list(group: string, version: string): Promise<readonly ServedKind[]> {
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const known = this.#served.get(path);
    if (known !== undefined) return known;
    const asked = this.#ask(path, { group, version });
    this.#served.set(path, asked);
    // Only what is served stays known: a group may come any time.
    const drop = (): void => void this.#served.delete(path);
    asked.then((kinds) => (kinds.length === 0 ? drop() : undefined), drop);
    return asked;
  }

  async #ask(path: string, at: { group: string; version: string }): Promise<readonly ServedKind[]> {
    const answer = await this.#call({ method: 'GET', path });
    if (!answer.ok) return [];
    return readObjects(answer.body, 'resources')
      .filter((resource) => !readText(resource, 'name').includes('/'))
      .map((resource) => toServedKind(resource, at));
  }
}

const toServedKind = (resource: JsonObject, at: { group: string; version: string }): ServedKind => ({
  ...at,
  kind: readText(resource, 'kind'),
  resource: readText(resource, 'name'),
  namespaced: resource['namespaced'] === true,
});
