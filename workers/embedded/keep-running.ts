/** Keeps a part running: starts it again when it ends by itself, until it is stopped. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Part {
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

export interface KeptPart {
  stop(): Promise<void>;
}

export interface KeepOptions {
  readonly name: string;
  readonly start: () => Promise<Part>;
  readonly log: (event: string) => void;
}

const firstTries = 20;
const pauseMs = 1000;

/** Returns when the part runs for the first time; a part of a killed run may still hold its folder for a moment. */
export async function keepRunning(options: KeepOptions): Promise<KeptPart> {
  let part = await startWithPatience(options);
  let stopping = false;
  const watched = (async () => {
    for (;;) {
      await part.exited;
      if (stopping) return;
      options.log(`${options.name} ended; starting it again`);
      part = await startWithPatience(options);
    }
  })();
  return {
    stop: async () => {
      stopping = true;
      await part.stop();
      await watched;
    },
  };
}

async function startWithPatience({ name, start, log }: KeepOptions): Promise<Part> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt >= firstTries) throw error;
      log(
        `${name} did not start (${error instanceof Error ? error.message.split('\n', 1)[0] : 'unknown'}); trying again`,
      );
      await sleep(pauseMs);
    }
  }
}
