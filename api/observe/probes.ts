/** `/livez`: the process answers. `/readyz`: what it needs answers too. */
import type { Router } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { sendJson } from '#api/engine/respond.ts';

export function mountProbes(router: Router, deps: ApiDeps): void {
  router.get('/livez', (_request, response) => sendJson(response, 200, { status: 'alive' }));
  router.get('/readyz', async (_request, response) => {
    const [store, temporal] = await Promise.all([deps.store.isAlive(), deps.control.isAlive()]);
    const isReady = store && temporal;
    const checks = { store: toWord(store), temporal: toWord(temporal) };
    sendJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', checks });
  });
}

const toWord = (isAlive: boolean): string => (isAlive ? 'ok' : 'no answer');
