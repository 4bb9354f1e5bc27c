/** Which paths of an archive are safe to unpack anywhere. */
import type { ArchiveLimits } from '#domain/ports/archives.ts';
import { longestPath } from './archive-limits.ts';

/** The path with `./` and doubled slashes taken out, or the reason why it is refused. */
export function parseEntryPath(
  raw: string,
  limits: Pick<ArchiveLimits, 'depth'>,
): { readonly path: string } | { readonly refused: string } {
  if (Buffer.byteLength(raw) > longestPath) return { refused: `a path of ${Buffer.byteLength(raw)} bytes` };
  const shown = JSON.stringify(raw.slice(0, 120));
  if (hasControlCharacter(raw)) return { refused: `path ${shown} with a control character` };
  if (raw.includes('\\')) return { refused: `path ${shown} with a backslash` };
  if (raw.startsWith('/') || /^[A-Za-z]:/.test(raw)) return { refused: `absolute path ${shown}` };
  const segments = raw.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return { refused: `path ${shown} with ".."` };
  if (segments.length > limits.depth) return { refused: `path ${shown}, ${segments.length} levels deep` };
  return { path: segments.join('/') };
}

function hasControlCharacter(text: string): boolean {
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
