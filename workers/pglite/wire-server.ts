import { createServer } from 'node:net';

import type { PGlite } from '@electric-sql/pglite';

import { Turns } from './turns.ts';
import { WireSession } from './wire-session.ts';

export interface WireServerOptions {
  readonly database: PGlite;
  /** 0: any free port. */
  readonly port: number;
  readonly password: string;
  readonly idleInTransactionMs?: number;
}

export interface WireServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Lets many clients share one PGlite over loopback TCP. PGlite is one PostgreSQL session, so a client has it from Parse
 * to Sync and from BEGIN to COMMIT. (`pglite-socket` hands over single messages: with parameters beyond one TCP read, a
 * client's Bind met another client's Parse, and a statement ran with the wrong text.)
 */
export async function startWireServer(options: WireServerOptions): Promise<WireServer> {
  const { database, password, idleInTransactionMs = 60_000 } = options;
  const sessions = new Set<WireSession>();
  const turns = new Turns<WireSession>();
  const server = createServer((socket) => {
    const session = new WireSession(socket, { database, turns, password, idleInTransactionMs });
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  });
  const port = await listen(server, options.port);
  return {
    port,
    async stop() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const session of sessions) session.end();
      await promise;
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) resolve(address.port);
  });
  return promise;
}
