/** Everything that a command takes from outside, so that tests run whole commands in their own process. */
export interface CliDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** Data. */
  readonly out: (text: string) => void;
  /** Progress and errors. */
  readonly err: (text: string) => void;
  readonly readStdin: () => Promise<string>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** A new id for an `Idempotency-Key`. */
  readonly newId: () => string;
  /** The file of a program on PATH, null when there is none. */
  readonly findProgram: (name: string) => Promise<string | null>;
  /** Becomes another program of this repository; gives its exit code where it cannot replace this process. */
  readonly become: (script: string, args: readonly string[]) => Promise<number>;
}
