/** A placement controller: of each anyOf group the cluster with the most of something, by the clusters' kv-pairs. */
import { readFile } from 'node:fs/promises';
import { ApplicationFailure } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';

const apiVersion = 'controllers.emco/v1';

/** The members of emco's messages that are used here; all of them: docs/reference/controllers.md. */
interface Call {
  readonly apiVersion: string;
  readonly exchange: string;
}

interface Request {
  readonly intent: string;
  readonly clusters: readonly {
    readonly cluster: string;
    readonly kv: Readonly<Record<string, Readonly<Record<string, string>>>>;
  }[];
  readonly apps: readonly {
    readonly app: string;
    readonly allOf: readonly string[];
    readonly anyOf: readonly (readonly string[])[];
  }[];
}

/** The intent `capacity/freeCores` means the value `freeCores` of the kv-pairs `capacity`. */
function choose({ intent, clusters, apps }: Request) {
  const [document = '', key = ''] = intent.split('/');
  const amounts = new Map(clusters.map(({ cluster, kv }) => [cluster, Number(kv[document]?.[key] ?? 0)]));
  const amountOf = (cluster: string): number => amounts.get(cluster) ?? 0;
  return {
    apiVersion,
    kind: 'PlaceResult',
    apps: apps.map(({ app, allOf, anyOf }) => {
      const best = anyOf.flatMap((group) => group.toSorted((a, b) => amountOf(b) - amountOf(a)).slice(0, 1));
      const chosen = [...new Set([...allOf, ...best])];
      return { app, clusters: chosen.map((cluster) => ({ cluster, reason: `${key} is ${amountOf(cluster)}` })) };
    }),
  };
}

/** The activity: gets the request, puts the result, gives its digest. */
async function place(call: Call): Promise<unknown> {
  if (call.apiVersion !== apiVersion) throw ApplicationFailure.nonRetryable(`expected ${apiVersion}`);
  const request = (await send('GET', `${call.exchange}/request`)) as Request;
  return send('PUT', `${call.exchange}/result`, choose(request));
}

async function send(method: string, url: string, body?: object): Promise<unknown> {
  const headers = new Headers({ Accept: 'application/json', 'Content-Type': 'application/json' });
  if (tokenFile !== undefined) headers.set('Authorization', `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}`);
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const answer = (await response.json()) as { readonly detail?: string };
  if (response.ok) return answer;
  const message = `${method}: ${response.status} ${answer.detail ?? ''}`;
  // What emco refuses it refuses again; a 5xx may pass.
  throw ApplicationFailure.create({ message, nonRetryable: response.status < 500 });
}

const {
  TEMPORAL_ADDRESS: address = '127.0.0.1:7233',
  TEMPORAL_NAMESPACE: namespace = 'emco',
  EMCO_TOKEN_FILE: tokenFile,
} = process.env;
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({ connection, namespace, taskQueue: 'most-free', activities: { place } });
await worker.run();
