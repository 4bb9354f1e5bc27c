import type { ApiConfig } from './config.ts';

/** Under which hosts and ports look-ups in documents mean this installation: those listed, and where its API listens. */
export function toOwnHosts({ address, lookUps }: ApiConfig, port: number): readonly string[] {
  const host = address.includes(':') ? `[${address}]` : address;
  return [...lookUps.own, ...['127.0.0.1', 'localhost', '[::1]', host].map((name) => `${name}:${port}`)];
}
