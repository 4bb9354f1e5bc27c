import { CliError } from '#cli/cli-error.ts';
import type { CliDeps } from '#cli/cli-deps.ts';
import { toTitle } from '#cli/documents/document.ts';
import type { Document } from '#cli/documents/document.ts';
import { toFormBody, toJsonBody } from '#cli/documents/to-body.ts';
import { toAction, toOwnPath, toRequest } from '#cli/documents/to-request.ts';
import type { DocumentRequest, DocumentVerb } from '#cli/documents/to-request.ts';
import type { ApiAnswer, Client } from '#cli/http/client.ts';
import { toRefusal } from '#cli/http/problem.ts';
import type { Problem } from '#cli/http/problem.ts';

export interface SendOptions {
  readonly verb: DocumentVerb;
  /** What `apply` does about a document that is there already. */
  readonly existing: 'fail' | 'skip' | 'update';
  /** Goes on after a refusal and fails at the end. */
  readonly keepGoing: boolean;
  /** Called after an action of a group was accepted. */
  readonly afterAction: (action: AcceptedAction) => Promise<void>;
}

export interface AcceptedAction {
  /** `instantiate`, `terminate`, … */
  readonly action: string;
  /** Path of the document that it acts on. */
  readonly path: string;
  readonly operationId: string;
  /** How many documents come after it. */
  readonly documentsLeft: number;
}

export interface SentDocument {
  readonly document: string;
  readonly path: string;
  readonly outcome:
    | 'created'
    | 'replaced'
    | 'accepted'
    | 'read'
    | 'deleted'
    | 'absent'
    | 'skipped'
    | 'exists'
    | 'refused';
  readonly status: number;
  /** What the server answered; null for nothing. */
  readonly answer: unknown;
}

export interface SendDeps {
  readonly client: Client;
  readonly deps: CliDeps;
  readonly report: (sent: SentDocument) => void;
}

/** Sends documents one after another and tells about each; the first refusal ends it unless `keepGoing`. */
export async function sendDocuments(
  documents: readonly Document[],
  options: SendOptions,
  given: SendDeps,
): Promise<readonly SentDocument[]> {
  const ordered = options.verb === 'delete' ? documents.toReversed() : documents;
  const sent: SentDocument[] = [];
  const refusals: CliError[] = [];
  for (const [index, document] of ordered.entries()) {
    try {
      sent.push(await sendDocument(document, { ...options, documentsLeft: ordered.length - index - 1 }, given));
    } catch (error) {
      if (!(error instanceof CliError) || error.exit !== 'failed' || !options.keepGoing || ordered.length === 1)
        throw error;
      given.deps.err(`emco: ${error.message}\n`);
      refusals.push(error);
    }
  }
  const [first] = refusals;
  if (first === undefined) return sent;
  throw new CliError('failed', `${refusals.length} of ${ordered.length} documents were refused`, first.advice);
}

async function sendDocument(
  document: Document,
  options: SendOptions & Pick<AcceptedAction, 'documentsLeft'>,
  given: SendDeps,
): Promise<SentDocument> {
  const request = toRequest(document, options.verb);
  const title = toTitle(document);
  if (request.method === 'skip') {
    return tell(given, {
      document: title,
      path: document.anchor,
      outcome: 'skipped',
      status: 0,
      answer: request.reason,
    });
  }
  const operationId = given.deps.newId();
  const { problem, ...answer } = await ask(document, request, { ...given, operationId });
  const action = toAction(request.path);
  const path = action === null ? toOwnPath(document) : request.path;
  const sent = { document: title, path, status: answer.status, answer: answer.body };
  if (problem !== null) {
    const instead = await answerRefusal(document, { problem, options, given });
    if (instead !== null) return tell(given, { ...sent, ...instead });
    throw toRefusal(`${document.at}: ${request.method} ${request.path}`, problem);
  }
  const outcome = toOutcome(request, answer);
  const told = tell(given, { ...sent, outcome });
  if (action !== null && request.method === 'POST') {
    const { documentsLeft } = options;
    await options.afterAction({ action, path: request.path.slice(0, -action.length - 1), operationId, documentsLeft });
  }
  return told;
}

async function ask(
  document: Document,
  request: Exclude<DocumentRequest, { method: 'skip' }>,
  { client, operationId }: SendDeps & { readonly operationId: string },
): Promise<ApiAnswer & { readonly problem: Problem | null }> {
  const body =
    request.body === 'form' ? await toFormBody(document) : request.body === 'json' ? toJsonBody(document) : undefined;
  const isAction = request.method === 'POST' && toAction(request.path) !== null;
  return client.ask({
    method: request.method,
    path: request.path,
    ...(body === undefined ? {} : { body }),
    ...(isAction ? { idempotencyKey: operationId } : {}),
  });
}

interface Refused {
  readonly problem: Problem;
  readonly options: SendOptions;
  readonly given: SendDeps;
}

/** What a refusal means for the aim of the command; null when it stays a refusal. */
async function answerRefusal(
  document: Document,
  { problem, options, given }: Refused,
): Promise<(Partial<SentDocument> & Pick<SentDocument, 'outcome'>) | null> {
  if (options.verb === 'delete' && problem.status === 404) return { outcome: 'absent' };
  if (options.verb === 'delete' && problem.code === 'transition-illegal' && toAction(document.anchor) !== null) {
    return { outcome: 'absent' }; // it does not run, so there is nothing to terminate
  }
  if (options.verb !== 'apply' || problem.code !== 'already-exists' || options.existing === 'fail') return null;
  if (options.existing === 'skip') return { outcome: 'exists' };
  const replace = toRequest(document, 'update');
  if (replace.method === 'skip') return null;
  const answer = await ask(document, replace, { ...given, operationId: '' });
  if (answer.problem !== null) throw toRefusal(`${document.at}: PUT ${replace.path}`, answer.problem);
  return { outcome: 'replaced', status: answer.status, answer: answer.body, path: replace.path };
}

function toOutcome(request: DocumentRequest, { status }: ApiAnswer): SentDocument['outcome'] {
  switch (request.method) {
    case 'GET':
      return 'read';
    case 'DELETE':
      return 'deleted';
    case 'PUT':
      return 'replaced';
    case 'POST':
      return status === 202 ? 'accepted' : 'created';
    case 'skip':
      return 'skipped';
  }
}

function tell({ report }: SendDeps, sent: SentDocument): SentDocument {
  report(sent);
  return sent;
}
