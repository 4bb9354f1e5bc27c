import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { sendCgiResponse } from './cgi-response.ts';
import { toServerEnvironment } from './git-environment.ts';

/** One request of the smart HTTP protocol. */
export interface GitRequest {
  readonly repository: string;
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack`. */
  readonly route: string;
  readonly query: string;
}

/** Reads `/<name>.git/<route>`; null for everything that is not the smart protocol. */
export function parseGitRequest(method: string, url: string): GitRequest | null {
  const [path = '', query = ''] = url.split('?', 2);
  const [, repository, route] =
    /^\/([A-Za-z0-9][A-Za-z0-9._-]*?)(?:\.git)?(\/info\/refs|\/git-(?:upload|receive)-pack)$/.exec(path) ?? [];
  if (repository === undefined || route === undefined) return null;
  const isAdvertisement = route === '/info/refs';
  if (method !== (isAdvertisement ? 'GET' : 'POST')) return null;
  if (isAdvertisement && !/^service=git-(upload|receive)-pack$/.test(query)) return null;
  return { repository, route, query };
}

export const isPush = ({ route, query }: GitRequest): boolean =>
  route === '/git-receive-pack' || query === 'service=git-receive-pack';

/** Lets `git http-backend` answer. Bodies stream both ways, compressed or chunked as the client sends them. */
export async function serveGit(
  folder: string,
  request: GitRequest,
  { incoming, response }: { incoming: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const child = spawn('git', ['http-backend'], { cwd: folder, env: toCgiEnvironment(folder, request, incoming) });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8').slice(0, 2_000)));
  child.stdin.on('error', () => undefined); // the backend may end before it has read everything
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  incoming.pipe(child.stdin);
  incoming.once('close', () => child.stdin.end());
  try {
    await sendCgiResponse(child.stdout, response);
    await closed;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`git http-backend: ${reason}${said === '' ? '' : `: ${said}`}`, { cause: error });
  }
}

function toCgiEnvironment(folder: string, request: GitRequest, incoming: IncomingMessage): Record<string, string> {
  const { headers } = incoming;
  const protocol = headers['git-protocol'];
  return {
    ...toServerEnvironment(folder),
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${request.repository}.git${request.route}`,
    QUERY_STRING: request.query,
    REQUEST_METHOD: incoming.method ?? 'GET',
    REMOTE_USER: 'emco',
    REMOTE_ADDR: '127.0.0.1',
    CONTENT_TYPE: headers['content-type'] ?? '',
    // Absent for a chunked body: the backend then reads to its end.
    ...(headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: headers['content-length'] }),
    ...(headers['content-encoding'] === undefined ? {} : { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
    ...(typeof protocol === 'string' ? { GIT_PROTOCOL: protocol } : {}),
  };
}
