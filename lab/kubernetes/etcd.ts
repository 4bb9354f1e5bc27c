import { join } from 'node:path';

import { findFreePorts, startProgram, toFlags } from '#lab/process/index.ts';
import type { RunningProgram } from '#lab/process/index.ts';
import { resolveTool } from '#lab/resolver/index.ts';

export interface RunningEtcd extends RunningProgram {
  readonly url: string;
}

/** One etcd for all clusters of a fleet; it does not sync to disk, so a power cut may cost its contents. */
export async function startEtcd(folder: string): Promise<RunningEtcd> {
  const [clientPort, peerPort] = await findFreePorts(2);
  const url = `http://127.0.0.1:${clientPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const program = await startProgram({
    name: 'etcd',
    file: await resolveTool('etcd'),
    args: [
      ...toFlags({ 'data-dir': join(folder, 'etcd'), 'log-level': 'warn', 'quota-backend-bytes': 4 * 1024 ** 3 }),
      ...toFlags({ 'listen-client-urls': url, 'advertise-client-urls': url }),
      ...toFlags({ 'listen-peer-urls': peerUrl, 'initial-advertise-peer-urls': peerUrl }),
      ...toFlags({ 'initial-cluster': `default=${peerUrl}`, 'unsafe-no-fsync': 'true' }),
    ],
    logFile: join(folder, 'etcd.log'),
    isReady: async () => (await fetch(`${url}/health`)).ok,
  });
  return { ...program, url };
}
