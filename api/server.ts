/** Serves routes: who calls, may they, what do they send, and what they get back. */
import { createHash, randomUUID } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import express, { type Express, type Request, type Response } from 'express';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { TokenHolder } from '../db/accessTokens.ts';
import type { Callers } from './callers.ts';
import { inCallSpan, traceIdOf } from './callSpans.ts';
import { checked, checkedWith } from './fields.ts';
import { once, type Reply, requireKey } from './idempotency.ts';
import { Problem, problemOf, validationFailed } from './problems.ts';
import { type Role, whoOf } from './rights.ts';
import { type Answer, type Changing, isUploading, type KeyedCall, type Route, type Uploading } from './route.ts';

/** What serving a route needs. */
export interface ServerDependencies {
  readonly pool: Pool;
  readonly callers: Callers;
  readonly log: Logger;
}

const JSON_TYPE = 'application/json; charset=utf-8';
/** Parameters of a query that are named when nobody knows them. */
const MOST_STRANGE = 20;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
// Not strict: JSON that is no object is told so, as any other field, and is not called malformed.
const parseJson = express.json({ limit: '1mb', type: 'application/json', strict: false });

/** Gives each call its id (the caller's own, if it is one) and a line in the log, without what it carries. */
export function logCalls(app: Express, log: Logger): void {
  app.use((request, response, next) => {
    const own = request.get('x-request-id');
    const requestId = own !== undefined && REQUEST_ID.test(own) ? own : randomUUID();
    response.locals.requestId = requestId;
    response.set('x-request-id', requestId);
    const began = performance.now();
    response.on('close', () => {
      const { route, role, problem, traceId } = response.locals;
      const ms = Math.round(performance.now() - began);
      const { method } = request;
      log.info({ requestId, traceId, method, route, role, problem, status: response.statusCode, ms }, 'call');
    });
    next();
  });
}

/** Serves one route at its path. */
export function serve(app: Express, route: Route, deps: ServerDependencies): void {
  const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
  const name = `${route.method.toUpperCase()} ${route.path}`;
  app[route.method](path, (request, response) => {
    response.locals.route = name;
    return inCallSpan(name, request, response, () => answer(route, request, response, deps));
  });
}

async function answer(route: Route, request: Request, response: Response, deps: ServerDependencies): Promise<void> {
  const caller = await deps.callers.identify(request);
  response.locals.role = caller.role;
  if (!route.roles.includes(caller.role)) {
    const roles = route.roles.join(' or ');
    throw new Problem('forbidden', `This is for the role ${roles}. Ask somebody who has it.`);
  }
  send(response, await replyTo(route, caller, request, response, deps));
}

async function replyTo(
  route: Route,
  caller: TokenHolder,
  request: Request,
  response: Response,
  deps: ServerDependencies,
): Promise<Reply> {
  const params = request.params as Record<string, string>;
  if (Object.values(params).some((value) => value.includes('\u0000')))
    throw new Problem('not-found', 'There is nothing here. See /docs for what there is.');
  if (route.method === 'get') {
    const query = route.query ? checked(route.query, request.query) : {};
    const prefersCsv = request.accepts(['application/json', 'text/csv']) === 'text/csv';
    return reply(route, await route.handle({ caller, params, query, prefersCsv }));
  }
  if (isUploading(route)) return await uploaded(route, caller, request, response, deps);
  const isDryRun = requireDryRun(route, request.query);
  const key = isDryRun ? '' : requireKey(request.get('idempotency-key'));
  const sent = await readBody(request, response);
  const { judge, dryRun } = route;
  const body = await checkedWith(route.body, sent, async (sound) => (await judge?.(caller, sound)) ?? []);
  if (isDryRun && dryRun) return { ...reply(route, await dryRun.show({ caller, params, body })), status: 200 };
  return await carriedOut(route, caller, request, response, deps, { key, sent }, (call) =>
    route.handle({ caller, params, body, call }),
  );
}

/** The body is a file: its name, type and checksum are what the key belongs to. */
async function uploaded(
  route: Uploading,
  caller: TokenHolder,
  request: Request,
  response: Response,
  deps: ServerDependencies,
): Promise<Reply> {
  const params = request.params as Record<string, string>;
  const query = checked(route.query, request.query);
  const key = requireKey(request.get('idempotency-key'));
  await deps.callers.countUpload(caller);
  const content = await readFile(request, response, route.atMost);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return await carriedOut(route, caller, request, response, deps, { key, sent: { query, sha256 } }, (call) =>
    route.handle({ caller, params, query, content, call }),
  );
}

/** Once for each key, whatever was sent with it first. */
async function carriedOut(
  route: Route,
  caller: TokenHolder,
  request: Request,
  response: Response,
  deps: ServerDependencies,
  { key, sent }: { readonly key: string; readonly sent: unknown },
  work: (call: KeyedCall) => Promise<Answer>,
): Promise<Reply> {
  const params = request.params as Record<string, string>;
  const names = Object.keys(params).map((name) => `${name}=${params[name]}`);
  const call = { caller: whoOf(caller), route: [`POST ${route.path}`, ...names].join(' '), key };
  return await once(
    deps.pool,
    call,
    sent,
    async (keyed) => reply(route, await work(keyed)),
    (error) => {
      const problem = problemOf(error, caller.role);
      return problem.isFinal ? problemReply(problem, response) : undefined;
    },
  );
}

/**
 * Whether the call is only to show what it would do. @throws Problem when the route cannot, or when the query says something
 * that no call knows, such as `dryrun`: it must not be carried out then.
 */
function requireDryRun(route: Changing, { dryRun: asked, ...others }: Request['query']): boolean {
  const strange = Object.keys(others).map((path) => ({ path, message: 'There is no such parameter here.' }));
  if (strange.length > 0) throw validationFailed(strange.slice(0, MOST_STRANGE));
  if (asked === undefined || asked === 'false') return false;
  if (asked === 'true' && route.dryRun) return true;
  const message = route.dryRun ? 'This must be one of: true, false.' : 'This call has no dry run: leave this out.';
  throw validationFailed([{ path: 'dryRun', message }]);
}

/** A body of JSON; nothing at all counts as an empty object. */
async function readBody(request: Request, response: Response): Promise<unknown> {
  const isEmpty = request.get('transfer-encoding') === undefined && Number(request.get('content-length') ?? 0) === 0;
  if (isEmpty) return {};
  if (!request.is('application/json')) {
    throw new Problem('unsupported-media-type', 'Send the body as JSON, with Content-Type: application/json.');
  }
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  return request.body === undefined ? {} : request.body;
}

/** A body of any type, as it is. */
async function readFile(request: Request, response: Response, limit: number): Promise<Buffer> {
  if (request.get('content-type') === undefined) {
    throw new Problem('unsupported-media-type', 'Send the file with its Content-Type, such as application/pdf.');
  }
  const parse = express.raw({ limit, type: () => true, inflate: false });
  await new Promise<void>((resolve, reject) => {
    parse(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

function reply(route: Route, answer: Answer): Reply {
  if (answer.file) return { status: route.answer.status, headers: { ...answer.headers }, content: answer.file };
  return {
    status: answer.status ?? route.answer.status,
    headers: { 'content-type': JSON_TYPE, ...answer.headers },
    content: answer.content,
  };
}

function problemReply(problem: Problem, response: Response): Reply {
  return {
    status: problem.status,
    headers: { ...problem.headers, 'content-type': 'application/problem+json; charset=utf-8' },
    content: problem.content(traceIdOf(response)),
  };
}

function send(response: Response, { status, headers, content }: Reply): void {
  response.status(status).set({ 'cache-control': 'no-store', ...headers });
  if (content instanceof Readable) {
    // What was promised and does not come must not look whole: the connection breaks.
    pipeline(content, response, () => undefined);
    return;
  }
  response.end(headers['content-type']?.startsWith('text/csv') ? String(content) : JSON.stringify(content));
}

/** Ends what no route answers, and everything that was thrown. */
export function answerProblems(app: Express, log: Logger): void {
  app.use(() => {
    throw new Problem('not-found', 'There is nothing here. See /docs for what there is.');
  });
  app.use((error: unknown, _request: Request, response: Response, next: (error: unknown) => void) => {
    if (response.headersSent) return next(error);
    const problem = problemOf(error, response.locals.role as Role | undefined);
    response.locals.problem = problem.kind;
    if (problem.status >= 500) logFailure(log, problem, response);
    send(response, problemReply(problem, response));
  });
}

/** Errors of Postgres quote values in their details: only where it happened is written down. */
function logFailure(log: Logger, problem: Problem, { locals }: Response): void {
  const { requestId, traceId } = locals;
  const cause = problem.cause instanceof Error ? problem.cause : undefined;
  const { name, stack } = cause ?? {};
  const code = (cause as { code?: unknown } | undefined)?.code;
  const at = stack
    ?.split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 8);
  log[problem.status === 500 ? 'error' : 'warn']({ requestId, traceId, error: name, code, at }, 'call failed');
}
