/** The end of a contract, as the ledger heeds it. Local dates in the contract's zone, YYYY-MM-DD; the last day counts to its end. */
import { Refusal } from '../failures.ts';

/** A contract's last day; missing while no end is known. */
export interface ContractEnd {
  readonly endsOn?: string | undefined;
}

/** Whether the contract is in force on that date, as far as its end is known. */
export function isBeforeEnd({ endsOn }: ContractEnd, on: string): boolean {
  return endsOn === undefined || on <= endsOn;
}

/** Nothing is bought, reserved or spent for a date after the end. @throws Refusal `NotCovered` */
export function requireBeforeEnd(end: ContractEnd, on: string): void {
  if (isBeforeEnd(end, on)) return;
  throw new Refusal(
    'NotCovered',
    `The contract ends on ${end.endsOn}: nothing is bought, reserved or spent for ${on}.`,
  );
}

/**
 * Whether a base may renew by itself for work on `on`. What is entered after the end, for work that was done in time, buys
 * nothing more: nobody could use what is left of it.
 */
export function mayRenew(end: ContractEnd, { on, today }: { readonly on: string; readonly today: string }): boolean {
  return isBeforeEnd(end, on) && isBeforeEnd(end, today);
}

/** Whether units are refused because they are not to be had: too few are left, or the contract ends before the date. */
export function isCreditLacking(error: unknown): error is Refusal {
  return error instanceof Refusal && (error.type === 'InsufficientCredit' || error.type === 'NotCovered');
}
