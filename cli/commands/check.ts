import { CliError } from '#cli/cli-error.ts';
import type { CliDeps } from '#cli/cli-deps.ts';
import { checkDocuments } from '#cli/documents/check-documents.ts';
import { readDocuments } from '#cli/documents/read-documents.ts';
import { connect } from '#cli/http/client.ts';
import type { Client } from '#cli/http/client.ts';
import { asText, isRecord } from '#cli/http/problem.ts';
import { toOutput } from '#cli/output/print.ts';
import { toTable } from '#cli/output/table.ts';
import type { ExitName } from '#cli/exit-codes.ts';
import type { Command } from 'commander';

import { withDocuments } from './options.ts';
import type { DocumentFlags } from './options.ts';

interface CheckFlags extends DocumentFlags {
  readonly offline?: boolean;
}

/** One line of the report. */
interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  /** The exit code's name when it is not ok. */
  readonly exit: ExitName;
  readonly advice: string;
}

export function addCheck(program: Command, deps: CliDeps): void {
  const check = program
    .command('check')
    .description('Judge documents without sending them, and say whether server, token and tools are in order.');
  withDocuments(check)
    .option('--offline', 'judge the documents only')
    .action((flags: CheckFlags) => runCheck(flags, deps));
}

async function runCheck(flags: CheckFlags, deps: CliDeps): Promise<void> {
  const checks = [
    ...(flags.filename.length === 0 ? [] : await checkFiles(flags, deps)),
    ...(flags.offline === true ? [] : [...(await checkServer(flags, deps)), ...(await checkTools(deps))]),
  ];
  if (checks.length === 0) throw new CliError('usage', 'emco check --offline: expected -f FILE, found none');
  const rows = checks.map(({ check, ok, found }) => [check, ok ? 'ok' : 'wrong', found]);
  const plain = checks.map(({ check, ok, found }) => ({ check, ok, found }));
  deps.out(toOutput(plain, flags.output, () => toTable(['CHECK', 'RESULT', 'FOUND'], rows)));
  const wrong = checks.filter(({ ok }) => !ok);
  const [first] = wrong;
  if (first !== undefined)
    throw new CliError(first.exit, `${wrong.length} of ${checks.length} checks failed`, first.advice);
}

async function checkFiles(flags: CheckFlags, deps: CliDeps): Promise<readonly Check[]> {
  const { documents, problems, warnings, missing } = await readDocuments(flags, deps);
  for (const warning of warnings) deps.err(`emco: ${warning}\n`);
  const all = [...missing, ...problems, ...(await checkDocuments(documents))];
  const count = `${documents.length} documents in ${flags.filename.join(', ')}`;
  if (all.length === 0) return [{ check: 'documents', ok: true, found: count, exit: 'usage', advice: '' }];
  return all.map((found) => ({ check: 'documents', ok: false, found, exit: 'usage', advice: 'correct the files' }));
}

async function checkServer(flags: CheckFlags, deps: CliDeps): Promise<readonly Check[]> {
  const client = await connect(flags, deps);
  try {
    const ready = await client.ask({ method: 'GET', path: '/readyz', tries: 1 });
    const ok = ready.status === 200;
    const server: Check = {
      check: 'server',
      ok,
      found: `${client.server} ${ok ? 'is ready' : `is not ready (${ready.status})`}`,
      exit: 'unreachable',
      advice: 'see which part is wrong below',
    };
    return [server, ...toParts(ready.body), await checkToken(client)];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return [{ check: 'server', ok: false, found: error.message, exit: error.exit, advice: error.advice }];
  }
}

/** `/readyz` names the parts that the server needs, each `ok` or what is wrong. */
function toParts(body: unknown): readonly Check[] {
  const checks = isRecord(body) && isRecord(body['checks']) ? body['checks'] : {};
  return Object.entries(checks).map(([check, state]) => {
    const found = asText(state);
    return {
      check: `server ${check}`,
      ok: found === 'ok',
      found,
      exit: 'unreachable',
      advice: 'look at the log of `emco up`',
    };
  });
}

/** Programs that `emco up` uses on this machine. */
async function checkTools(deps: CliDeps): Promise<readonly Check[]> {
  const git = await deps.findProgram('git');
  const fetched = ['helm', 'temporal'].map(async (name): Promise<Check> => {
    const found = (await deps.findProgram(name)) ?? 'not on PATH; `emco up` fetches it';
    return { check: `program ${name}`, ok: true, found, exit: 'environment', advice: '' };
  });
  const advice = 'install git with the package manager of this machine';
  return [
    { check: 'program git', ok: git !== null, found: git ?? 'not on PATH', exit: 'environment', advice },
    ...(await Promise.all(fetched)),
  ];
}

async function checkToken(client: Client): Promise<Check> {
  const { status } = await client.ask({ method: 'GET', path: '/v2/projects' });
  const refused = status === 401 || status === 403;
  return {
    check: 'token',
    ok: !refused,
    found: refused ? `refused (${status})` : 'accepted, or none needed',
    exit: 'unauthenticated',
    advice: 'give the token by --token-file FILE or EMCO_TOKEN_FILE',
  };
}
