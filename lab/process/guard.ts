/** Seconds between asking a program to end and killing it, once its parent is gone. */
const GRACE_SECONDS = 5;

/**
 * A shell line that becomes the program (same pid) and leaves a watcher of 1 MB beside it. The watcher reads the lifeline, file
 * descriptor 3, whose other end only the parent holds: when that ends, for whatever reason, also `kill -9`, the program's whole
 * process group is ended. `$$` is the program's pid and, as it leads the group, the group's id.
 */
const GUARD = [
  '( trap "" TERM INT HUP; exec </dev/null >/dev/null 2>&1;',
  `read -r _ <&3; kill -TERM -$$; sleep ${GRACE_SECONDS}; kill -KILL -$$ ) &`,
  'exec "$@" 3<&-',
].join(' ');

/** The command line that runs a program under guard. */
export function guarded(argv: readonly string[]): [string, ...string[]] {
  return ['sh', '-c', GUARD, 'guard', ...argv];
}
