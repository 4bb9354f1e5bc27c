import { setTimeout as delay } from 'node:timers/promises';
import type { Sha256 } from '#domain/names.ts';
import type { ApiServer, ConnectApiServer } from '#domain/ports/api-server.ts';
import type { ApplyRequest } from '#domain/ports/plugins.ts';

export interface DeployerDeps {
  readonly connect: ConnectApiServer;
  readonly sha256: Sha256;
  /** Longest wait for CRDs to be established and for objects to be gone. */
  readonly waitMs: number;
}

/** Which app of which group is worked on, and by which operation. */
export type Subject = Omit<ApplyRequest, 'bundle' | 'content'>;

/** One call of the deployer: its connection, its end, its sign of life. */
export interface Session {
  /** With whose rights the app's objects are tried, applied, listed and deleted: the tenant's where there is one. */
  readonly api: ApiServer;
  /** With emco's own rights: for the inventory, which is not the tenant's to write. */
  readonly own: ApiServer;
  readonly subject: Subject;
  readonly sha256: Sha256;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** A sign of life; throws when the work shall stop. */
  readonly beat: () => void;
  readonly pause: (ms: number) => Promise<void>;
}

const beatEveryMs = 4_000;

/** Connects, gives signs of life while a long request is under way, and closes whatever happens. */
export async function inSession<T>(
  deps: DeployerDeps,
  subject: Subject,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  subject.signal.throwIfAborted();
  const own = new AbortController();
  const onAbort = (): void => own.abort(subject.signal.reason);
  subject.signal.addEventListener('abort', onAbort, { once: true });
  const timer = setInterval(() => beatOrAbort(subject, own), beatEveryMs);
  const open: ApiServer[] = [];
  const connect = async (kubeconfig: string): Promise<ApiServer> => {
    const api = await deps.connect(kubeconfig);
    open.push(api);
    return api;
  };
  try {
    const owner = await connect(subject.kubeconfig);
    const api = subject.tenant === undefined ? owner : await connect(subject.tenant.kubeconfig);
    return await work(toSession(deps, subject, { api, own: owner, signal: own.signal }));
  } finally {
    clearInterval(timer);
    subject.signal.removeEventListener('abort', onAbort);
    for (const api of open) api.close();
  }
}

/** A sign of life that is refused ends the work, also where it is given by a timer. */
function beatOrAbort(subject: Subject, own: AbortController): void {
  try {
    subject.heartbeat();
  } catch (error) {
    own.abort(error);
  }
}

function toSession(deps: DeployerDeps, subject: Subject, open: Pick<Session, 'api' | 'own' | 'signal'>): Session {
  return {
    ...open,
    subject,
    sha256: deps.sha256,
    waitMs: deps.waitMs,
    beat: () => {
      open.signal.throwIfAborted();
      subject.heartbeat();
    },
    pause: async (ms) => {
      await delay(ms, undefined, { signal: open.signal }).catch(() => open.signal.throwIfAborted());
    },
  };
}
