/** What other terms would do to a request: shown before they are applied. */
import type { Pool } from 'pg';
import type { RequestRow } from '../db/requests.ts';
import { Refusal } from '../domain/failures.ts';
import { advance } from '../domain/request.ts';
import { rulesOf } from '../domain/rules.ts';
import type { ClockName } from '../domain/terms.ts';
import { requirePossible } from '../domain/transitions.ts';
import { type ClockView, viewOf } from '../domain/view.ts';
import { oldestStart, termsAndWindows } from './requestInput.ts';

/** One clock under the terms in force and under the others; missing where it is not promised. */
export interface ClockChange {
  readonly clock: ClockName;
  readonly before?: ClockView;
  readonly after?: ClockView;
}

/** What an amendment would change. */
export interface AmendmentPreview {
  readonly from: number;
  readonly to: number;
  readonly clocks: readonly ClockChange[];
  /** When the next reminder, or the closing, would be due; epoch milliseconds. */
  readonly nextReminder: { readonly before?: number; readonly after?: number };
  /** Clocks that would be breached by the amendment alone: their new budget is used up. */
  readonly breached: readonly ClockName[];
}

/**
 * Applies the stored version to the state that was saved last, and throws the result away.
 *
 * @param now Epoch milliseconds.
 * @throws Refusal `NotFound`, `InvalidTransition`, `ValidationFailed`: as the amendment itself would be refused.
 */
export async function previewAmendment(
  pool: Pool,
  { contract, state }: RequestRow,
  version: number,
  now: number,
): Promise<AmendmentPreview> {
  if (!state) throw new Refusal('Conflict', 'The request is being opened. Ask again in a moment.');
  const from = oldestStart(state);
  const before = rulesOf(await termsAndWindows(pool, contract, state.termsVersion, from, now));
  const amended = await termsAndWindows(pool, contract, version, from, now);
  const after = rulesOf(amended);
  const at = Math.max(now, state.lastAt);
  requirePossible(state, 'amendTerms', before, at);
  // What is due by now is due under the old terms, whatever comes.
  const event = { type: 'amendTerms', who: 'system', channel: 'api', at, ...amended } as const;
  const result = advance(state, event, after, before).state;
  const [old, fresh] = [viewOf(state, before), viewOf(result, after)];
  const names = [...new Set([...old.clocks, ...fresh.clocks].map(({ name }) => name))];
  return {
    from: state.termsVersion,
    to: version,
    clocks: names.map((clock) => ({ clock, ...both(find(old.clocks, clock), find(fresh.clocks, clock)) })),
    nextReminder: both(
      old.waiting?.nextReminder?.at ?? old.waiting?.closesAt,
      fresh.waiting?.nextReminder?.at ?? fresh.waiting?.closesAt,
    ),
    breached: names.filter((name) => result.clocks[name]?.notBefore === at),
  };
}

function find(clocks: readonly ClockView[], name: ClockName): ClockView | undefined {
  return clocks.find((clock) => clock.name === name);
}

function both<T>(before: T | undefined, after: T | undefined): { before?: T; after?: T } {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}
