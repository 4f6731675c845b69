/** `/openapi.json` and the pages of `/docs` that show it; everything they load comes from here. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Express } from 'express';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Relance: the API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, persistAuthorization: true });
`;

/** Serves the documentation of these routes, to everybody. */
export function serveDocumentation(app: Express, routes: readonly Route[]): void {
  const document = JSON.stringify(openApiDocument(routes));
  app.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(document);
  });
  app.get('/docs', (_request, response) => {
    response.type('html').send(PAGE);
  });
  app.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(START);
  });
  for (const asset of ASSETS) {
    app.get(`/docs/${asset}`, (_request, response) => {
      response.sendFile(join(SWAGGER_UI, asset), { maxAge: '1d' });
    });
  }
}
