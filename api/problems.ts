/** Errors as callers see them: `application/problem+json` (RFC 9457), each with a sentence that says what to do next. */
import { Unavailable } from '../client/unavailable.ts';
import { errorCode, isDatabaseAway } from '../db/pool.ts';
import { ESCALATION_COMMANDS, type EscalationCommandName } from '../domain/escalation/events.ts';
import { COMMANDS, type CommandName } from '../domain/events.ts';
import { type FailureType, Refusal } from '../domain/failures.ts';
import { INTERVENTION_COMMANDS, type InterventionCommandName } from '../domain/intervention/events.ts';
import { mayCommand, type Role } from './rights.ts';

/** Every kind of problem: its status, and whether an answer with it is final for an idempotency key. */
const KINDS = {
  malformed: { status: 400, title: 'The request cannot be read', final: false },
  'idempotency-key-missing': { status: 400, title: 'The idempotency key is missing', final: false },
  unauthorized: { status: 401, title: 'No valid access token', final: false },
  forbidden: { status: 403, title: 'Not allowed for this role', final: false },
  'not-found': { status: 404, title: 'Not found', final: true },
  conflict: { status: 409, title: 'Conflict', final: true },
  'invalid-transition': { status: 409, title: 'Not possible now', final: true },
  'insufficient-credit': { status: 409, title: 'Not enough credit', final: true },
  'still-running': { status: 409, title: 'The first call with this key is still running', final: false },
  'too-large': { status: 413, title: 'The body is too large', final: false },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON', final: false },
  'validation-failed': { status: 422, title: 'Some fields are wrong', final: true },
  'not-covered': { status: 422, title: 'Not covered by the contract', final: true },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key belongs to another body', final: false },
  'too-many-requests': { status: 429, title: 'Too many requests', final: false },
  'internal-error': { status: 500, title: 'Something went wrong on our side', final: false },
  unavailable: { status: 503, title: 'Temporarily unavailable', final: false },
} as const satisfies Record<string, { status: number; title: string; final: boolean }>;
/** Last part of a problem's `type`. */
export type ProblemKind = keyof typeof KINDS;

/** What is wrong with one field. */
export interface FieldError {
  /** Dotted path of the field; empty for the body as a whole. */
  readonly path: string;
  readonly message: string;
}

/** What goes beside the standard members. */
export interface ProblemDetails {
  readonly errors?: readonly FieldError[];
  readonly tried?: string;
  readonly requestStatus?: string;
  readonly escalationStatus?: string;
  readonly interventionStatus?: string;
  readonly possible?: readonly string[];
  readonly exclusion?: string;
  readonly clause?: string;
  /** Not covered here: where it belongs, and the contract types that cover it. */
  readonly decision?: string;
  readonly coveredBy?: readonly string[];
  /** Not covered any more: the last day of the contract. */
  readonly endsOn?: string;
  /** Credit units that are not there. */
  readonly missing?: readonly { readonly unit: string; readonly units: number }[];
  readonly retryAfterSeconds?: number;
}

/** Thrown anywhere in the API to end a call with this answer. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly details: ProblemDetails;

  constructor(kind: ProblemKind, detail: string, details: ProblemDetails = {}, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'Problem';
    this.kind = kind;
    this.details = details;
  }

  get status(): number {
    return KINDS[this.kind].status;
  }

  /** Whether the same call would always be answered so. */
  get isFinal(): boolean {
    return KINDS[this.kind].final;
  }

  /** The body of the answer. */
  content(traceId: string): object {
    const { retryAfterSeconds: _, ...shown } = this.details;
    const { status, title } = KINDS[this.kind];
    return { type: `urn:relance:problem:${this.kind}`, title, status, detail: this.message, traceId, ...shown };
  }

  get headers(): Record<string, string> {
    const { retryAfterSeconds } = this.details;
    return {
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(this.kind === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
    };
  }
}

/** How many wrong fields a problem's sentence names; its `errors` have all. */
const NAMED = 10;

/** A 422 that names every wrong field. */
export function validationFailed(errors: readonly FieldError[]): Problem {
  const named = errors.slice(0, NAMED).map(({ path }) => path || 'the body');
  const rest = errors.length > NAMED ? [`${errors.length - NAMED} more`] : [];
  const paths = [...named, ...rest].join(', ');
  return new Problem('validation-failed', `Correct ${paths} and send it again.`, { errors });
}

/** A 409 while another call with the key is under way. */
export function stillRunning(retryAfterSeconds: number, options?: ErrorOptions): Problem {
  const detail = 'Wait for the first call to end, or ask again with the same key.';
  return new Problem('still-running', detail, { retryAfterSeconds }, options);
}

/** The same for what does not exist and for what the caller may not see. */
export function notFound(what: string): Problem {
  return new Problem('not-found', `There is no such ${what}, or it is not yours to see. Check its name or number.`);
}

/** Any error as the problem that the caller gets; possible commands are those of the caller's role. */
export function problemOf(error: unknown, role: Role | undefined): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return refused(error, role);
  if (error instanceof Unavailable) {
    const detail = 'It has not been answered in time. Send the same again, with the same Idempotency-Key.';
    return new Problem('unavailable', detail, { retryAfterSeconds: error.retryAfterSeconds }, { cause: error });
  }
  if (isDatabaseAway(error)) {
    const detail = 'The database does not answer. Send the same again, with the same Idempotency-Key.';
    return new Problem('unavailable', detail, { retryAfterSeconds: 2 }, { cause: error });
  }
  return bodyProblem(error) ?? internalError(error);
}

function internalError(error: unknown): Problem {
  const detail = 'This is a defect of ours. Tell support the traceId.';
  return new Problem('internal-error', detail, {}, { cause: error });
}

const REFUSED: { readonly [type in FailureType]: ProblemKind } = {
  ValidationFailed: 'validation-failed',
  InvalidTransition: 'invalid-transition',
  NotCovered: 'not-covered',
  NotFound: 'not-found',
  Conflict: 'conflict',
  InsufficientCredit: 'insufficient-credit',
  EffectConflict: 'conflict',
};

function refused({ type, message, details }: Refusal, role: Role | undefined): Problem {
  const { fields, status, possible, tried, exclusion, endsOn, missing } = details;
  const mine = possible?.filter((name) => role && isCommand(name) && mayCommand(role, name));
  return new Problem(REFUSED[type], `${message}${nextStep(type, status, mine)}`, {
    ...(fields ? { errors: fields } : {}),
    ...(tried === undefined ? {} : { tried }),
    ...(status === undefined ? {} : { requestStatus: status }),
    ...(mine ? { possible: mine } : {}),
    ...(exclusion === undefined ? {} : { exclusion }),
    ...(endsOn === undefined ? {} : { endsOn }),
    ...(missing ? { missing } : {}),
  });
}

/** A refusal by an escalation, whose commands are others than a request's. */
export function escalationRefused(
  { message, details }: Refusal,
  may: (name: EscalationCommandName) => boolean,
): Problem {
  const { status, tried } = details;
  const possible = ESCALATION_COMMANDS.filter((name) => details.possible?.includes(name) && may(name));
  const next = possible.length > 0 ? `Possible now: ${possible.join(', ')}.` : 'Nothing of yours is possible now.';
  return new Problem('invalid-transition', `${message} ${next}`, {
    ...(tried === undefined ? {} : { tried }),
    ...(status === undefined ? {} : { escalationStatus: status }),
    possible,
  });
}

/** A refusal by an intervention, whose commands are others too. */
export function interventionRefused(
  { message, details }: Refusal,
  may: (name: InterventionCommandName) => boolean,
): Problem {
  const { status, tried } = details;
  const possible = INTERVENTION_COMMANDS.filter((name) => details.possible?.includes(name) && may(name));
  const next = possible.length > 0 ? `Possible now: ${possible.join(', ')}.` : 'Nothing of yours is possible now.';
  return new Problem('invalid-transition', `${message} ${next}`, {
    ...(tried === undefined ? {} : { tried }),
    ...(status === undefined ? {} : { interventionStatus: status }),
    possible,
  });
}

function nextStep(type: FailureType, status: string | undefined, possible: readonly string[] | undefined): string {
  if (type !== 'InvalidTransition') return '';
  if (possible && possible.length > 0) return ` Possible now: ${possible.join(', ')}.`;
  return status === 'closed' ? ' Open a new request that names this one as previous.' : ' Nothing is possible now.';
}

function isCommand(name: string): name is CommandName {
  return COMMANDS.some((command) => command === name);
}

function tooLarge(limit: number): Problem {
  return limit > 1_048_576
    ? new Problem('too-large', `A file may have ${limit / 1_048_576} MiB. Shorten it, or send it as a zip.`)
    : new Problem('too-large', 'A body may have 1 MB. Shorten the text.');
}

/** What the body parser throws. */
function bodyProblem(error: unknown): Problem | undefined {
  const type = (error as { type?: unknown } | undefined)?.type;
  switch (type) {
    case 'entity.too.large':
      return tooLarge((error as { limit?: number }).limit ?? 0);
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Problem('unsupported-media-type', 'Send JSON in UTF-8, uncompressed or compressed with gzip.');
    case 'entity.parse.failed':
      return new Problem('malformed', 'The body is not valid JSON. Correct it and send it again.');
    case 'entity.verify.failed':
    case 'request.aborted':
    case 'request.size.invalid':
      return new Problem('malformed', 'The body did not arrive whole. Send it again.');
    default:
      // What does not unpack, by zlib.
      if (errorCode(error)?.startsWith('Z_')) {
        return new Problem('malformed', 'The body cannot be unpacked. Send it again, or as it is.');
      }
      return errorCode(error) === 'ERR_INVALID_URI' || error instanceof URIError
        ? new Problem('malformed', 'The path is not well encoded. Correct it and send it again.')
        : undefined;
  }
}
