/** `/openapi.json` and `/docs`; made once, since nothing in them changes while the process runs. */
import { createHash } from 'node:crypto';
import type { Router } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { sendBytes, toJsonLine } from '#api/engine/respond.ts';
import { toDocsPage } from './docs-page.ts';
import { docsStyle } from './docs-style.ts';
import { makeOpenApiDocument } from './openapi-document.ts';

export function mountDescription(router: Router, deps: ApiDeps): void {
  const document = makeOpenApiDocument(deps);
  const json = Buffer.from(toJsonLine(document));
  const page = Buffer.from(toDocsPage(document, deps.links));
  const style = createHash('sha256').update(docsStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  router.get('/openapi.json', (_request, response) => sendBytes(response.status(200), 'application/json', json));
  router.get('/docs', (_request, response) => {
    response.setHeader('Content-Security-Policy', policy);
    sendBytes(response.status(200), 'text/html; charset=utf-8', page);
  });
  // A person who opens the bare address wants the page; EMCO's clients get its 404.
  router.get('/', (request, response, next) => {
    if ((request.headers.accept ?? '').includes('text/html')) response.redirect(302, '/docs');
    else next();
  });
}
