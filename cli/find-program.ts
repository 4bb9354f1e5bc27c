import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The file that a shell would run for a name; null when PATH has none. */
export async function findProgram(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && found) return file;
  }
  return null;
}
