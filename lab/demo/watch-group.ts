import { toGroupStatus } from '#cli/group/group-status.ts';
import type { AppStatus, GroupStatus } from '#cli/group/group-status.ts';
import { isEnded, toOperations } from '#cli/group/operation.ts';
import type { Operation } from '#cli/group/operation.ts';
import { setTimeout as delay } from 'node:timers/promises';

import { DemoFailure } from './demo-failure.ts';
import { targets } from './expected.ts';

export interface WatchRequest {
  /** URL of the group's document. */
  readonly url: string;
  readonly kind: string;
  readonly timeoutMs: number;
  readonly say: (line: string) => void;
}

export interface Watched {
  readonly operation: Operation;
  readonly status: GroupStatus;
  readonly seconds: number;
}

const INTERVAL_MS = 250;

/** Prints a row of the status table whenever it changes, until the newest operation of this kind is done. */
export async function watchGroup({ url, kind, timeoutMs, say }: WatchRequest): Promise<Watched> {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  let shown = '';
  say(toRow(['', ...targets, 'operation']));
  for (;;) {
    const deployed = toGroupStatus(await readJson(`${url}/status?status=deployed&output=all`));
    const status = toGroupStatus(await readJson(`${url}/status?status=ready&output=all`));
    const operation = toOperations(await readJson(`${url}/operations`)).find((one) => one.kind === kind);
    const cells = [...toCells(deployed, status), operation === undefined ? '' : `${operation.state} ${operation.step}`];
    if (cells.join() !== shown) say(toRow([`${elapsed().toFixed(1)} s`, ...cells]));
    shown = cells.join();
    if (operation !== undefined && isEnded(operation)) {
      if (operation.state === 'done') return { operation, status, seconds: elapsed() };
      throw new DemoFailure(kind, 'to be done', `${operation.state}: ${operation.message}`);
    }
    if (elapsed() * 1000 > timeoutMs)
      throw new DemoFailure(kind, `its end within ${timeoutMs / 1000} s`, cells.join(', '));
    await delay(INTERVAL_MS);
  }
}

const WIDTHS = [8, ...targets.map((target) => Math.max(target.length, 'Ready 10/10'.length)), 0];

const toRow = (cells: readonly string[]): string =>
  `   ${cells
    .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
    .join('  ')
    .trimEnd()}`;

/** `Pending`, `Applied`, then `Ready 3/7` as far as a cluster reports. */
function toCells(deployed: GroupStatus, ready: GroupStatus): readonly string[] {
  const find = ({ apps }: GroupStatus, target: string): AppStatus | undefined =>
    apps.find(({ app, cluster }) => `${app}@${cluster}` === target);
  return targets.map((target) => {
    const [word = '-'] = Object.keys(find(deployed, target)?.words ?? {});
    const { Ready: count = 0, ...others } = find(ready, target)?.words ?? {};
    const tracked = Object.values(others).reduce((sum, one) => sum + one, count);
    return word === 'Applied' && count > 0 ? `Ready ${count}/${tracked}` : word;
  });
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  if (response.ok) return response.json();
  throw new DemoFailure(`GET ${url}`, 'status 200', `${response.status} ${(await response.text()).slice(0, 300)}`);
}
