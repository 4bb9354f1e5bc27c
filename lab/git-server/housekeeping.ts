import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { toServerEnvironment } from './git-environment.ts';
import { toRepositoryFolder } from './repositories.ts';

const pushesBetween = 200;

/** Packs a repository now and then, one at a time, beside the pushes; git makes that safe. */
export class Housekeeping {
  private readonly folder: string;
  private readonly pushes = new Map<string, number>();
  private last: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(folder: string) {
    this.folder = folder;
  }

  pushed(name: string): void {
    const count = (this.pushes.get(name) ?? 0) + 1;
    this.pushes.set(name, count % pushesBetween);
    if (count < pushesBetween) return;
    this.last = this.last.then(() => this.pack(name));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.last;
  }

  private async pack(name: string): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const cwd = toRepositoryFolder(this.folder, name);
    const env = toServerEnvironment(this.folder);
    const child = spawn('git', ['gc', '--auto', '--quiet'], {
      cwd,
      env,
      stdio: 'ignore',
      signal: this.stopping.signal,
    });
    child.on('error', () => undefined); // the next round may do better
    await once(child, 'close').catch(() => undefined);
  }
}
