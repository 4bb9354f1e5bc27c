/** What the Git deployer needs from outside. */
export interface GitDeployerDeps {
  /** Folder for bare mirrors. Disposable: what is missing or broken is cloned again. */
  readonly cacheFolder: string;
  /** Of the process: git gets PATH, proxy and certificate variables of it, nothing else. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: () => Date;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /** Author and committer; `emco <emco@localhost>` by default. */
  readonly author?: { readonly name: string; readonly email: string };
  /** Allows `file:` URLs; for tests only. */
  readonly allowFile?: boolean;
  /** A git command that talks to a remote is killed after this time; 10 minutes by default. */
  readonly remoteTimeoutMs?: number;
  /** Housekeeping starts when a mirror was not written for this time; a minute by default. */
  readonly idleMs?: number;
}

export const defaultAuthor = { name: 'emco', email: 'emco@localhost' } as const;
