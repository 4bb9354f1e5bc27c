/** One deployment intent group as its user sees it: verbs, status, operations. */
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import { waitUntil } from '#lab/process/index.ts';
import type { Answer, Caller } from '#test/support/api-client.ts';
import { send } from './documents.ts';
import { textAt } from './live.ts';

export interface GroupPlace {
  readonly compositeApp: string;
  /** Of the composite application; `v1` where nothing is said. */
  readonly version?: string;
  readonly name: string;
}

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly message: string;
}

export class Group {
  readonly #api: Caller;
  readonly path: string;
  readonly workflowId: string;

  constructor(api: Caller, { compositeApp, version = 'v1', name }: GroupPlace) {
    this.#api = api;
    this.path = `/projects/job/composite-apps/${compositeApp}/${version}/deployment-intent-groups/${name}`;
    this.workflowId = `dig:job:${compositeApp}:${version}:${name}`;
  }

  async request(verb: string): Promise<Answer> {
    return send(this.#api, 'post', { path: `${this.path}/${verb}` });
  }

  async read(query: string): Promise<JsonObject> {
    const answer = await this.#api.get(`${this.path}/${query}`);
    const value: Json = answer.json();
    if (answer.status === 200 && isJsonObject(value)) return value;
    throw new Error(`GET ${this.path}/${query}: expected an object, found ${answer.status} ${answer.text}`);
  }

  /** Newest first. */
  async operations(): Promise<readonly Operation[]> {
    // The API's own shape; the assertions read single members of it.
    return (await this.#api.get(`${this.path}/operations`)).json() as unknown as readonly Operation[];
  }

  async gid(): Promise<string> {
    const { states } = await this.read('status?output=summary');
    const gid = isJsonObject(states) ? states['statusctxid'] : undefined;
    if (typeof gid === 'string' && gid !== '') return gid;
    throw new Error(`${this.path}: expected a status context, found ${JSON.stringify(states)}`);
  }

  /** Requests and waits until the operation is done. */
  async perform(verb: string, timeoutMs = 120_000): Promise<void> {
    await this.request(verb);
    await this.untilDone(verb, timeoutMs);
  }

  /** Waits until the newest operation, of this kind, is done. */
  async untilDone(kind: string, timeoutMs = 120_000): Promise<void> {
    const ended = await this.untilEnded(kind, timeoutMs);
    if (ended.state !== 'done') throw new Error(`${kind}: expected done, found ${ended.state}: ${ended.message}`);
  }

  async untilEnded(kind: string, timeoutMs = 120_000): Promise<Operation> {
    const isOpen = ({ state }: Operation): boolean => state === 'requested' || state === 'accepted';
    const find = async (): Promise<Operation | undefined> => {
      const [newest] = await this.operations();
      return newest !== undefined && newest.kind === kind && !isOpen(newest) ? newest : undefined;
    };
    return waitUntil(find, { timeoutMs, expected: `${kind} of ${this.path} to end`, intervalMs: 250 }).catch(
      async (error: unknown) => {
        throw new Error(`${String(error)}; status ${JSON.stringify(await this.read('status?output=summary'))}`);
      },
    );
  }

  /** Messages of targets, as `app@cluster: message`. */
  async messages(): Promise<readonly string[]> {
    const { messages } = await this.read('status?output=summary');
    if (!Array.isArray(messages)) return [];
    return messages
      .filter(isJsonObject)
      .map((one) => `${textAt(one, 'app')}@${textAt(one, 'cluster')}: ${textAt(one, 'message')}`);
  }

  async phases(): Promise<JsonObject> {
    const { phases } = await this.read('status?output=summary');
    return isJsonObject(phases) ? phases : {};
  }

  async untilMessage(pattern: RegExp, timeoutMs = 60_000): Promise<void> {
    await waitUntil(async () => (await this.messages()).some((one) => pattern.test(one)), {
      timeoutMs,
      expected: `a message ${pattern.source} of ${this.path}`,
      intervalMs: 100,
    }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}; status ${JSON.stringify(await this.read('status?output=summary'))}`);
    });
  }

  async untilReady(timeoutMs = 60_000): Promise<void> {
    await waitUntil(async () => Object.keys(await this.phases()).join() === 'Ready', {
      timeoutMs,
      expected: `all of ${this.path} to be Ready`,
      intervalMs: 200,
    }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}; status ${JSON.stringify(await this.read('status?output=summary'))}`);
    });
  }
}
