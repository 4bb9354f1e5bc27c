import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';

import type { PGlite } from '@electric-sql/pglite';

import type { Turns } from './turns.ts';
import {
  endsTurn,
  findMessageEnd,
  isTerminate,
  makeFatal,
  noEncryption,
  passwordRequest,
  readOpening,
  readPassword,
} from './wire-messages.ts';

export interface SessionDeps {
  readonly database: PGlite;
  readonly turns: Turns<WireSession>;
  readonly password: string;
  /** How long a client may hold a transaction open without saying anything. */
  readonly idleInTransactionMs: number;
}

/** One client. Holds the database from the first message of a turn to its end, and through a whole transaction. */
export class WireSession {
  readonly #socket: Socket;
  readonly #deps: SessionDeps;
  #received: Buffer = Buffer.alloc(0);
  #startup: Buffer | null = null;
  #isOpen = false;
  #isServing = false;
  #isClosed = false;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, deps: SessionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#isClosed = true;
      void this.#serve();
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    void this.#serve();
  }

  /** One loop at a time serves what was received; the last thing that it does for a closed client is to clean up. */
  async #serve(): Promise<void> {
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      while (!this.#isClosed && (this.#isOpen ? await this.#serveTurn() : await this.#serveOpening()));
      if (this.#isClosed) await this.#leave();
    } catch {
      this.#socket.destroy();
      await this.#leave();
    } finally {
      this.#isServing = false;
    }
  }

  /** Answers true when there may be more to serve. */
  async #serveOpening(): Promise<boolean> {
    if (this.#startup !== null) return this.#authenticate(this.#startup);
    const opening = readOpening(this.#received);
    switch (opening.kind) {
      case 'incomplete':
        return false;
      case 'refused':
      case 'cancel':
        this.end();
        return false;
      case 'encryption':
        this.#cut(opening.length);
        this.#socket.write(noEncryption);
        return true;
      case 'startup':
        this.#startup = this.#cut(opening.length);
        this.#socket.write(passwordRequest);
        return true;
    }
  }

  async #authenticate(startup: Buffer): Promise<boolean> {
    const end = findMessageEnd(this.#received, 0);
    if (end === null) return false;
    const password = Number.isNaN(end) ? null : readPassword(this.#cut(end));
    if (password === null || !isSame(password, this.#deps.password)) {
      this.#socket.end(makeFatal('28P01', 'password authentication failed'));
      return false;
    }
    await this.#run(startup);
    this.#isOpen = true;
    return true;
  }

  async #serveTurn(): Promise<boolean> {
    const turn = this.#cutTurn();
    if (turn === null) return false;
    clearTimeout(this.#idleTimer);
    await this.#run(turn);
    return true;
  }

  /** The messages up to the next end of a turn, whole: the unnamed statement of PostgreSQL is one for all clients here. */
  #cutTurn(): Buffer | null {
    let at = 0;
    for (;;) {
      const end = findMessageEnd(this.#received, at);
      if (end === null) return null;
      if (Number.isNaN(end) || isTerminate(this.#received[at])) {
        this.end();
        return null;
      }
      if (endsTurn(this.#received[at])) return this.#cut(end);
      at = end;
    }
  }

  #cut(length: number): Buffer {
    const head = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return head;
  }

  async #run(messages: Buffer): Promise<void> {
    const { database, turns, idleInTransactionMs } = this.#deps;
    await turns.take(this);
    if (this.#isClosed) return;
    await database.runExclusive(() =>
      database.execProtocolRawStream(new Uint8Array(messages), {
        onRawData: (answer) => void this.#socket.write(Buffer.from(answer)),
      }),
    );
    if (!database.isInTransaction()) turns.give(this);
    else this.#idleTimer = setTimeout(() => this.end(), idleInTransactionMs);
  }

  async #leave(): Promise<void> {
    const { database, turns } = this.#deps;
    clearTimeout(this.#idleTimer);
    if (!turns.isHeldBy(this)) return;
    try {
      if (database.isInTransaction()) await database.exec('ROLLBACK');
    } finally {
      turns.give(this);
    }
  }
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
