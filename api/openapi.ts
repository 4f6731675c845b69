/** `/openapi.json`, made from the routes themselves. */
import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { type Changing, isUploading, type Route, type Uploading } from './route.ts';
import { ProblemOut } from './schemas.ts';

const KEY_HEADER = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(255)
    .meta({ description: 'a value of your own for each change, such as a UUID; the same one when you repeat it' }),
});

const DRY_RUN = z.object({
  dryRun: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: show what the call would do, and do nothing' }),
});

const PROBLEMS: { readonly [status: number]: string } = {
  400: 'Malformed, or the Idempotency-Key is missing',
  401: 'No valid access token',
  403: 'Not allowed for this role',
  404: 'Not found, or not the caller’s to see',
  409: 'Not possible now, or the first call with this key still runs',
  413: 'The body is larger than 1 MB, a file than 10 MiB',
  415: 'The body is not JSON, or a file comes without Content-Type',
  422: 'Fields are wrong, or the contract does not cover it',
  429: 'Too many calls',
  503: 'Temporal or Postgres is away: repeat it with the same key',
};
const FOR_ALL = [401, 403, 404, 422, 429, 503];
const FOR_CHANGES = [400, 409, 413, 415];

/** The OpenAPI 3.1 document of these routes. */
export function openApiDocument(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry();
  const bearer = registry.registerComponent('securitySchemes', 'accessToken', { type: 'http', scheme: 'bearer' });
  for (const route of routes) registry.registerPath(pathOf(route, bearer.name));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Relance',
      version: '1',
      description:
        'Support requests and their lives. Instants are ISO 8601 in UTC, durations seconds. Errors are problem+json (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
}

function pathOf(route: Route, security: string): RouteConfig {
  const { method, path, tag, summary, roles, answer } = route;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const params = names.length > 0 ? z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) : undefined;
  const problems = [...FOR_ALL, ...(method === 'post' ? FOR_CHANGES : [])].sort();
  const dryRun = route.method === 'post' && !isUploading(route) ? route.dryRun : undefined;
  const sendsFile = route.method === 'get' && route.sendsFile === true;
  return {
    method,
    path,
    tags: [tag],
    summary,
    description: `For ${roles.join(', ')}.`,
    security: [{ [security]: [] }],
    request: {
      ...(params ? { params } : {}),
      ...(isUploading(route) || (route.method === 'get' && route.query) ? { query: route.query } : {}),
      ...(dryRun ? { query: DRY_RUN } : {}),
      ...(route.method === 'post' ? { headers: KEY_HEADER, body: { required: true, content: bodyOf(route) } } : {}),
    },
    responses: {
      [answer.status]: {
        description: answer.description,
        content: sendsFile
          ? FILE
          : {
              'application/json': { schema: answer.schema },
              ...(answer.alsoAs ? { [answer.alsoAs]: { schema: z.string() } } : {}),
            },
      },
      ...(dryRun ? { 200: dryRunResponse(dryRun, answer) } : {}),
      ...Object.fromEntries(problems.map((status) => [status, problemResponse(status)])),
    },
  };
}

const FILE = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } as const;

function bodyOf(route: Changing | Uploading) {
  return isUploading(route) ? FILE : { 'application/json': { schema: route.body } };
}

/** Where the call itself answers 200 too, it is one or the other. */
function dryRunResponse(dryRun: NonNullable<Changing['dryRun']>, answer: Route['answer']) {
  const schema = answer.status === 200 ? z.union([answer.schema, dryRun.schema]) : dryRun.schema;
  const description = answer.status === 200 ? `${answer.description}; ${dryRun.description}` : dryRun.description;
  return { description, content: { 'application/json': { schema } } };
}

function problemResponse(status: number) {
  return {
    description: PROBLEMS[status] ?? '',
    content: { 'application/problem+json': { schema: ProblemOut } },
  };
}
