/** The workflows' code for Temporal's sandbox, bundled once per state of the sources. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
const workflowsPath = join(root, 'workflows', 'index.ts');
const workflowInterceptorModules = [join(root, 'workflows', 'interceptors.ts')];

export async function loadWorkflowBundle(cacheFolder: string): Promise<{ readonly code: string }> {
  const file = join(cacheFolder, `workflows-${await hashSources()}.js`);
  const cached = await readFile(file, 'utf8').catch(() => null);
  if (cached !== null) return { code: cached };
  const bundle = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules, logger: silent });
  await mkdir(cacheFolder, { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, bundle.code);
  await rename(temporary, file);
  return bundle;
}

/** Everything that can reach the bundle: our two sandboxed folders and the SDK's version. */
async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['workflows', 'domain']) {
    const names = await readdir(join(root, folder), { recursive: true });
    for (const name of names.filter((n) => n.endsWith('.ts')).toSorted()) {
      hash.update(name).update(await readFile(join(root, folder, name)));
    }
  }
  hash.update(await readFile(join(root, 'package-lock.json')));
  return hash.digest('hex').slice(0, 16);
}

const quiet = (): void => undefined;
const silent = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
