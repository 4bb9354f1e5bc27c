/** Flags as most Go programs take them: `--name=value`, in the order given. */
export function toFlags(flags: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}
