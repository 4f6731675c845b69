/** The due moment of a request that might be: by a contract's terms in force, from an instant on. */
import type { Pool } from 'pg';
import { termsAndWindows } from '../client/requestInput.ts';
import { readInstant, readSpan } from '../contracts/isoInstant.ts';
import { type NamedStep, namedSteps } from '../contracts/namedSteps.ts';
import { readAnnounced } from '../db/calendars.ts';
import { listContracts, readContract } from '../db/contracts.ts';
import { type ClockExplanation, explainClock } from '../domain/explanation.ts';
import { rulesOf } from '../domain/rules.ts';
import type { RequestPause } from '../domain/state.ts';
import { CLOCK_NAMES } from '../domain/terms.ts';
import type { Deadline } from './deadlineText.ts';

/** As it is typed; instants are local to the contract's zone where they carry no offset. */
export interface DeadlineQuestion {
  readonly contract?: string | undefined;
  readonly clock?: string | undefined;
  /** That of a request which says none, without it. */
  readonly priority?: string | undefined;
  /** Now, without it. */
  readonly from?: string | undefined;
  /** Times of waiting on the customer, `from/to`. */
  readonly pause: readonly string[];
}

/** @throws RangeError with a sentence that says what there is */
export async function explainDeadline(
  pool: Pool,
  question: DeadlineQuestion,
): Promise<{ deadline: Deadline; explanation: ClockExplanation; steps: NamedStep[] }> {
  const contract = question.contract === undefined ? undefined : await readContract(pool, question.contract);
  if (!contract) {
    const known = (await listContracts(pool)).map(({ reference }) => reference);
    throw new RangeError(`Say which contract with --contract: ${known.join(', ') || 'there are none yet'}.`);
  }
  const { reference, version, terms } = contract;
  const startedAt = question.from === undefined ? Date.now() : readInstant(terms.zone, question.from);
  const pauses = question.pause.map((text) => waitingOf(terms.zone, text));
  const farthest = Math.max(startedAt, ...pauses.map(({ to }) => to));
  const input = await termsAndWindows(pool, reference, version, startedAt, farthest);

  const priority = question.priority ?? terms.defaultPriority;
  const promised = input.terms.priorities[priority]?.clocks;
  if (!promised) {
    throw new RangeError(`There is no such priority; known are ${Object.keys(input.terms.priorities).join(', ')}.`);
  }
  const name = CLOCK_NAMES.find((clock) => clock === question.clock);
  const clock = name && promised[name];
  if (!clock) {
    const known = CLOCK_NAMES.filter((one) => promised[one]).join(', ');
    throw new RangeError(`Say which clock with --clock: ${priority} promises ${known || 'none'}.`);
  }
  const rules = rulesOf(input);
  const explanation = explainClock({ name, terms: clock, start: startedAt, state: {} }, pauses, rules);
  const steps = namedSteps(terms, explanation, rules, await readAnnounced(pool, reference, version));
  return { deadline: { contract: reference, version, terms, priority }, explanation, steps };
}

function waitingOf(zone: string, text: string): RequestPause & { readonly to: number } {
  const [from, to, more] = text.split('/');
  if (from === undefined || to === undefined || more !== undefined) {
    throw new RangeError(`A pause is written from/to, as in 2026-12-24T10:00/2026-12-28T11:00, not ${text}.`);
  }
  return { cause: 'waiting', ...readSpan(zone, { from, to }) };
}
