import { Failure } from '#domain/failure.ts';
import type { GitRepository } from '#domain/ports/plugins.ts';

import { toBasic } from './git-environment.ts';
import { printable } from './repository-url.ts';

/** What went wrong with a git command, by who can do something about it. */
export type Trouble = 'no-such-ref' | 'no-such-object' | 'race' | 'refused' | 'unreachable' | 'mirror-broken';

/** Inside this plugin only; becomes a Failure at its border. `text` is what git said, without credentials. */
export class GitError extends Error {
  readonly trouble: Trouble;
  readonly text: string;

  constructor(trouble: Trouble, text: string) {
    super(`${trouble}: ${text}`);
    this.name = 'GitError';
    this.trouble = trouble;
    this.text = text;
  }
}

const races =
  /\((stale info|fetch first|non-fast-forward|failed to update ref|failed to lock|incorrect old value provided|reference already exists)\)|cannot lock ref/i;
const overloaded = /returned error: (408|425|429|5\d\d)|rate limit/i;
const refusals = [
  /authentication failed|could not read (username|password)|access denied|permission to .* denied/i,
  /returned error: (30\d|401|403|404|405|410)|update url base from redirection/i,
  /repository .* not found|does not appear to be a git repository|transport '.*' not allowed|mismatched algorithms/i,
  /hook declined|protected branch|\[remote rejected\] .*\((?!unpacker error)/i,
];
const outages = [
  /could not resolve|failed to connect|couldn't connect|connection (refused|reset|timed out)|timed? ?out|too slow/i,
  /hung up|rpc failed|empty reply|recv failure|send failure|unexpected disconnect|early eof|aborted/i,
  /ssl|tls|certificate|unpacker error|remote unpack failed/i,
];

const damages =
  /corrupt|not a git repository|unable to (read|create|write)|missing (blob|tree|commit)|inflate|bad pack|packfile|index-pack|did not send all|no space left|no such file|directory that does not exist/i;

/** Reads git's own words, which LC_ALL=C makes the same everywhere; `otherwise` is for words that say nothing to us. */
export function toTrouble(text: string, otherwise: Trouble): Trouble {
  if (/couldn't find remote ref/i.test(text)) return 'no-such-ref';
  if (/not our ref|unadvertised object|bad object|unknown revision|bad revision/i.test(text)) return 'no-such-object';
  if (races.test(text)) return 'race';
  if (overloaded.test(text)) return 'unreachable';
  if (refusals.some((pattern) => pattern.test(text))) return 'refused';
  if (outages.some((pattern) => pattern.test(text))) return 'unreachable';
  return damages.test(text) ? 'mirror-broken' : otherwise;
}

/** Git's words without the token in any of its spellings and without user info in URLs. */
export function scrub(text: string, credentials?: GitRepository['credentials']): string {
  const secrets =
    credentials === undefined || credentials.token === ''
      ? []
      : [credentials.token, encodeURIComponent(credentials.token), toBasic(credentials)];
  const bare = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return bare.replace(/(https?:\/\/)[^\s/@]+@/gi, '$1');
}

/** The Failure that the caller of the plugin sees. */
export function toFailure(error: unknown, { url, branch }: Pick<GitRepository, 'url' | 'branch'>): unknown {
  if (!(error instanceof GitError)) return error;
  const object = `repository ${url} branch ${branch}`;
  const found = toReason(error.text);
  if (error.trouble === 'refused') {
    return new Failure('git-refused', [{ object, expected: toExpectation(error.text), found }]);
  }
  if (error.trouble === 'mirror-broken') {
    return new Failure('internal', [
      { object: `mirror of ${object}`, expected: 'a usable copy in the cache folder', found },
    ]);
  }
  return new Failure('git-unreachable', [{ object, expected: 'an answer from the Git server', found }]);
}

function toExpectation(text: string): string {
  if (/returned error: 30\d|redirection/i.test(text))
    return 'the final URL of the repository (often with .git at its end)';
  if (/returned error: 40[45]|not found|does not appear/i.test(text))
    return 'an existing repository that the token may see';
  return /rejected|declined|protected/i.test(text)
    ? 'a branch that the token may push to'
    : 'a token that the server accepts';
}

/** The lines that carry a reason, first what the server's hooks said. */
function toReason(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => printable(line));
  const telling = lines.filter((line) => /^(remote:|fatal:|error:|!)/.test(line) && !/^remote:\s*$/.test(line));
  return (telling.length > 0 ? telling : lines.filter((line) => line !== '')).slice(0, 6).join('; ').slice(0, 600);
}
