/** What to start and how to know that it serves. */
export interface ProgramSpec {
  /** Stands in messages. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Gets standard output and error, appended; readable by the owner only. */
  readonly logFile: string;
  /** Remembers the pid across runs, so that a survivor of an earlier run is ended before a new one starts. */
  readonly pidFile?: string;
  /** Another system user to run as (only root may). */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What asks it to end; default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  readonly isReady?: () => Promise<boolean>;
  readonly readyTimeoutMs?: number;
  /** From asking it to end until killing it; default 10,000. */
  readonly stopGraceMs?: number;
}

export interface ProgramExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProgram {
  readonly name: string;
  /** The program's own pid, which is also its process group's id. */
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<ProgramExit>;
  /** Ends the program and everything that it started; safe to call twice. */
  readonly stop: () => Promise<void>;
}
