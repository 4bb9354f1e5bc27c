/** The one folder that holds all state of an embedded installation: ports and tokens that stay the same between starts. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Ports that documents and bookmarks name, so they must not change; the API's own is an option. */
export interface Fixtures {
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly databasePort: number;
  readonly databasePassword: string;
  readonly gitPort: number;
  readonly gitToken: string;
}

export interface DataFolder {
  readonly root: string;
  readonly fixtures: Fixtures;
  readonly keyFile: string;
  readonly gitTokenFile: string;
  readonly database: string;
  readonly temporal: string;
  readonly git: string;
  readonly cache: string;
}

export async function openDataFolder(
  root: string,
  freePorts: (count: number) => Promise<readonly number[]>,
): Promise<DataFolder> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const folder = (name: string): string => join(root, name);
  for (const name of ['temporal', 'git', 'cache']) await mkdir(folder(name), { recursive: true, mode: 0o700 });
  const fixtures = await loadFixtures(folder('fixtures.json'), freePorts);
  const gitTokenFile = folder('git-token');
  await writeFile(gitTokenFile, `${fixtures.gitToken}\n`, { mode: 0o600 });
  return {
    root,
    fixtures,
    keyFile: folder('key'),
    gitTokenFile,
    database: folder('database'),
    temporal: folder('temporal'),
    git: folder('git'),
    cache: folder('cache'),
  };
}

async function loadFixtures(file: string, freePorts: (count: number) => Promise<readonly number[]>): Promise<Fixtures> {
  const text = await readFile(file, 'utf8').catch(() => null);
  // Only this function writes the file.
  if (text !== null) return JSON.parse(text) as Fixtures;
  const [temporalPort = 0, temporalUiPort = 0, databasePort = 0, gitPort = 0] = await freePorts(4);
  const secret = (): string => randomBytes(24).toString('base64url');
  const fixtures = {
    temporalPort,
    temporalUiPort,
    databasePort,
    databasePassword: secret(),
    gitPort,
    gitToken: secret(),
  };
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(fixtures, null, 2), { mode: 0o600 });
  await rename(temporary, file);
  return fixtures;
}
