/** What a route is: as data, from which the server, `/openapi.json` and the tests of rights are all made. */
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { TokenHolder } from '../db/accessTokens.ts';
import type { CallKey } from '../db/idempotencyKeys.ts';
import type { FieldError } from './problems.ts';
import type { Role } from './rights.ts';

/** A call that changes something: its key, and what earlier calls with the key have begun. */
export interface KeyedCall {
  readonly key: CallKey;
  /** Id of the command, the same in every retry. */
  readonly updateId: string;
  /** Number of the request, or id of the escalation, that an earlier call with the key has begun. */
  readonly number: string | null;
  /** When the first call with the key arrived. */
  readonly since: Date;
}

/** What a handler answers with. */
export interface Answer {
  /** That of the route without it. */
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly content: unknown;
  /** In place of `content`: a file, as it is. */
  readonly file?: Readable;
}

interface Described {
  /** With parameters in braces: `/v1/requests/{number}`. */
  readonly path: string;
  readonly tag:
    | 'requests'
    | 'commands'
    | 'mails'
    | 'contracts'
    | 'credits'
    | 'calendars'
    | 'portal'
    | 'callers'
    | 'escalations'
    | 'interventions'
    | 'hotline'
    | 'publishers';
  readonly summary: string;
  readonly roles: readonly Role[];
  readonly answer: {
    readonly status: 200 | 201;
    readonly description: string;
    readonly schema: z.ZodType;
    /** Another type that the same may be asked for in; the content is then a text, its type in the answer's headers. */
    readonly alsoAs?: 'text/csv';
  };
}

/** What every handler gets. */
export interface Input {
  readonly caller: TokenHolder;
  readonly params: { readonly [name: string]: string };
}

/** Reads; changes nothing. */
export interface Reading extends Described {
  readonly method: 'get';
  readonly query?: z.ZodObject;
  /** It answers with a file, not with JSON. */
  readonly sendsFile?: true;
  handle(input: Input & { readonly query: unknown; readonly prefersCsv: boolean }): Promise<Answer>;
}

/** Changes something: needs an `Idempotency-Key`. */
export interface Changing extends Described {
  readonly method: 'post';
  readonly body: z.ZodObject;
  /** What is wrong with the sound fields of a body that has wrong ones; they need more than a schema to be judged. */
  readonly judge?: (caller: TokenHolder, sound: object) => Promise<readonly FieldError[]>;
  /** What `?dryRun=true` shows of the call, which then changes nothing and needs no key. */
  readonly dryRun?: {
    readonly description: string;
    readonly schema: z.ZodType;
    show(input: Input & { readonly body: unknown }): Promise<Answer>;
  };
  handle(input: Input & { readonly body: unknown; readonly call: KeyedCall }): Promise<Answer>;
}

/** Takes a file: the whole body is its content. Needs an `Idempotency-Key`. */
export interface Uploading extends Described {
  readonly method: 'post';
  readonly query: z.ZodObject;
  /** Largest body, bytes. */
  readonly atMost: number;
  handle(
    input: Input & { readonly query: unknown; readonly content: Buffer; readonly call: KeyedCall },
  ): Promise<Answer>;
}

/** A route of the API. */
export type Route = Reading | Changing | Uploading;

/** Whether the route takes a file. */
export function isUploading(route: Route): route is Uploading {
  return 'atMost' in route;
}

/** A reading route, its handler typed by its query. */
export function reading<Q extends z.ZodObject>(
  route: Omit<Reading, 'method' | 'query' | 'handle'> & {
    readonly query: Q;
    handle(input: Input & { readonly query: z.output<Q>; readonly prefersCsv: boolean }): Promise<Answer>;
  },
): Route {
  // The server gives the handler what the schema has checked.
  return { ...route, method: 'get', handle: (input) => route.handle({ ...input, query: input.query as z.output<Q> }) };
}

/** A changing route, its handler typed by its body. */
export function changing<B extends z.ZodObject>(
  route: Omit<Changing, 'method' | 'body' | 'handle' | 'dryRun'> & {
    readonly body: B;
    readonly dryRun?: Omit<NonNullable<Changing['dryRun']>, 'show'> & {
      show(input: Input & { readonly body: z.output<B> }): Promise<Answer>;
    };
    handle(input: Input & { readonly body: z.output<B>; readonly call: KeyedCall }): Promise<Answer>;
  },
): Route {
  const { dryRun, ...rest } = route;
  return {
    ...rest,
    ...(dryRun && {
      dryRun: {
        ...dryRun,
        show: (input: Input & { body: unknown }) => dryRun.show({ ...input, body: input.body as z.output<B> }),
      },
    }),
    method: 'post',
    handle: (input: Parameters<Changing['handle']>[0]) => route.handle({ ...input, body: input.body as z.output<B> }),
  };
}

/** A route that takes a file, its handler typed by its query. */
export function uploading<Q extends z.ZodObject>(
  route: Omit<Uploading, 'method' | 'query' | 'handle'> & {
    readonly query: Q;
    handle(
      input: Input & { readonly query: z.output<Q>; readonly content: Buffer; readonly call: KeyedCall },
    ): Promise<Answer>;
  },
): Route {
  return {
    ...route,
    method: 'post',
    handle: (input: Parameters<Uploading['handle']>[0]) =>
      route.handle({ ...input, query: input.query as z.output<Q> }),
  };
}

/** A path parameter; the router has matched it. */
export function param(params: { readonly [name: string]: string }, name: string): string {
  const value = params[name];
  if (value === undefined) throw new Error(`the path has no {${name}}`);
  return value;
}
