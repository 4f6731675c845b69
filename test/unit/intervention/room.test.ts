import { expect, it } from 'vitest';
import { INTERVENTION_COMMANDS } from '../../../domain/intervention/events.ts';
import type { InterventionState } from '../../../domain/intervention/state.ts';
import { requireRoom } from '../../../domain/intervention/transitions.ts';
import { approvedLife } from '../../support/interventionLife.ts';
import { refusalIn } from '../../support/refusals.ts';

const { state } = approvedLife('2026-11-02 10:00', 4);

/** Commands that a state has no room for. */
function refused(state: InterventionState): string[] {
  return INTERVENTION_COMMANDS.filter((name) => {
    try {
      requireRoom(state, name);
      return false;
    } catch {
      return true;
    }
  });
}

const many = <T>(length: number, one: T) => Array.from({ length }, () => one);
const log = { seconds: 1, at: 0, who: 'system' } as const;
const expense = { kind: 'travel', cents: 1, nonRefundable: false, at: 0 } as const;
const save = { kind: 'saved', key: 'x' } as unknown as InterventionState['pending'][number];

it('has room for what nobody reaches by work', () => {
  expect(refused({ ...state, logs: many(999, log), expenses: many(999, expense), pending: many(199, save) })).toEqual(
    [],
  );
});

it('takes no more lines of work or expenses, and can be ended', () => {
  expect(refused({ ...state, logs: many(1_000, log) })).toEqual(['startWork', 'logWork']);
  expect(refused({ ...state, expenses: many(1_000, expense) })).toEqual(['addExpense']);
});

it('waits while very much is under way, and can be ended', () => {
  const crowded = { ...state, pending: many(200, save) };
  expect(refusalIn(() => requireRoom(crowded, 'changeDate'))).toMatchObject({ type: 'Conflict' });
  const allowed = INTERVENTION_COMMANDS.filter((name) => !refused(crowded).includes(name));
  expect(allowed).toEqual(['stopWork', 'complete', 'withdraw', 'decline', 'cancel']);
});
