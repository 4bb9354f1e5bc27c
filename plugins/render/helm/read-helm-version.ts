import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { failWith } from './refuse.ts';

/** Asks the program, such as `v3.21.4`. @throws Failure `tool-missing` */
export async function readHelmVersion(helm: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(helm, ['version', '--template', '{{.Version}}'], { timeout: 10_000 });
    return stdout.trim();
  } catch {
    throw failWith('tool-missing', {
      object: `helm at ${helm}`,
      expected: 'a program that tells its version',
      found: 'none',
    });
  }
}
