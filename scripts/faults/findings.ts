/** What callers were told beside what PostgreSQL, Temporal and the mail sink have, and where they disagree. */
import { isDeepStrictEqual } from 'node:util';
import type { ToldLife } from './traffic.ts';

/** What was found; every line says the request and what is wrong. */
export interface Findings {
  readonly lives: number;
  readonly mails: number;
  /** Told or ordered, and not there. */
  readonly lost: readonly string[];
  /** There twice. */
  readonly double: readonly string[];
  /** PostgreSQL and Temporal, or PostgreSQL and the sink, say different things. */
  readonly different: readonly string[];
  /**
   * Mails that the sink took more than once under one Message-ID: a sender that is killed between the server's 250 and its
   * own note of it has to send again.
   */
  readonly copies: number;
}

/** A request as PostgreSQL has it, and what its workflow says. */
export interface StoredRequest {
  readonly number: string;
  readonly subject: string;
  readonly version: number;
  readonly view: unknown;
  /** Types of its timeline, reminders with their step. */
  readonly lines: readonly string[];
  /** Versions that were saved, in order. */
  readonly saves: readonly number[];
  readonly workflow: { readonly view: unknown; readonly status: string };
}

/** A mail as PostgreSQL has it. */
export interface StoredMail {
  readonly number: string;
  /** Its kind, with step, clock or task. */
  readonly what: string;
  /** Its Message-ID. */
  readonly id: string;
  readonly status: string;
}

/** Everything that is compared; all lives are over. */
export interface Evidence {
  readonly told: readonly ToldLife[];
  /** Calls that nobody answered for good. */
  readonly givenUp: readonly string[];
  readonly requests: readonly StoredRequest[];
  readonly mails: readonly StoredMail[];
  /** Message-IDs that PostgreSQL has, of whatever request. */
  readonly known: ReadonlySet<string>;
  /** How many times the sink took each Message-ID. */
  readonly taken: ReadonlyMap<string, number>;
}

const ONCE = ['opened', 'acknowledged'];
/** Of the cycles but the last as much as there was before the answer, which reopens what had been closed. */
const ONCE_A_CYCLE = ['reminderSent 1', 'reminderSent 2', 'reminderSent 3', 'closed'];

/** Compares them. */
export function compare({ told, givenUp, requests, mails, known, taken }: Evidence): Findings {
  const lost: string[] = [...givenUp];
  const double: string[] = [];
  const different: string[] = [];
  const bySubject = new Map(told.map((life) => [life.subject, life]));
  const cyclesOf = new Map(requests.map(({ number, subject }) => [number, bySubject.get(subject)?.cycles ?? 1]));
  for (const life of told) compareLife(life);
  for (const request of requests) compareRequest(request);
  compareMails();
  const copies = [...taken.values()].reduce((sum, times) => sum + times - 1, 0);
  return { lives: requests.length, mails: mails.length, lost, double, different, copies };

  function compareLife({ subject, number }: ToldLife): void {
    const mine = requests.filter((request) => request.subject === subject);
    if (number !== undefined && !mine.some((request) => request.number === number)) lost.push(`${number}: row`);
    if (mine.length > 1) double.push(`${mine.map((request) => request.number).join(' and ')}: opened by one call`);
  }

  function compareRequest({ number, subject, version, view, lines, saves, workflow }: StoredRequest): void {
    if (!bySubject.has(subject)) double.push(`${number}: nobody asked for it`);
    const cycles = cyclesOf.get(number) ?? 1;
    for (const line of ONCE) countLine(number, line, lines, 1, 1);
    countLine(number, 'asked', lines, cycles, cycles);
    countLine(number, 'answered', lines, cycles - 1, cycles - 1);
    for (const line of ONCE_A_CYCLE) countLine(number, line, lines, 1, cycles);
    const all = Array.from({ length: version }, (_, index) => index + 1);
    if (!isDeepStrictEqual(saves, all)) lost.push(`${number}: saves ${saves.join(',')} of ${version}`);
    if (!isDeepStrictEqual(workflow.view, view)) different.push(`${number}: the workflow's view`);
    if (workflow.status !== 'COMPLETED') different.push(`${number}: closed, and its workflow is ${workflow.status}`);
  }

  function countLine(number: string, line: string, lines: readonly string[], least: number, most: number): void {
    const times = lines.filter((one) => one === line).length;
    if (times < least) lost.push(`${number}: ${line}`);
    if (times > most) double.push(`${number}: ${line}, ${times} times`);
  }

  function compareMails(): void {
    const seen = new Map<string, number>();
    for (const { number, what, id, status } of mails) {
      const cycles = cyclesOf.get(number) ?? 1;
      const times = (seen.get(`${number} ${what}`) ?? 0) + 1;
      seen.set(`${number} ${what}`, times);
      if (times > cycles) double.push(`${number}: mail ${what}`);
      if (status === 'accepted' && !taken.has(id)) lost.push(`${number}: mail ${what} is not in the sink`);
      if (status === 'waiting') lost.push(`${number}: mail ${what} never left`);
      // A mail that an answer has overtaken is not sent.
      if (status === 'refused' || (status === 'superseded' && cycles === 1)) {
        different.push(`${number}: mail ${what} is ${status}`);
      }
    }
    for (const id of taken.keys()) if (!known.has(id)) different.push(`the sink has an unknown mail ${id}`);
  }
}
