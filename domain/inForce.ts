/**
 * What is opened on a contract: support is owed to the end of its last local day, not beyond. What was opened before goes on to
 * its own end, with what it was promised. Local dates in the contract's zone, YYYY-MM-DD.
 */
import { Refusal } from './failures.ts';
import { isBeforeEnd } from './ledger/contractEnd.ts';

/** A contract with its last day; null while no end is known. */
export interface EndingContract {
  readonly reference: string;
  readonly endsOn: string | null;
}

/** What is opened: of an escalation it is the contract with the publisher that must be in force. */
export type Opened = 'request' | 'intervention' | 'hotline call' | 'escalation';

/** Whether the contract's last day is over on this one. */
export function hasEnded({ endsOn }: Pick<EndingContract, 'endsOn'>, day: string): boolean {
  return endsOn !== null && !isBeforeEnd({ endsOn }, day);
}

/** Nothing new is taken on a contract that has ended. @throws Refusal `NotCovered`, with the last day as `endsOn` */
export function requireInForce(contract: EndingContract, day: string, opened: Opened): void {
  const { reference, endsOn } = contract;
  if (endsOn === null || !hasEnded(contract, day)) return;
  throw new Refusal(
    'NotCovered',
    `The contract ${reference} ended on ${endsOn}: no ${opened} is opened under it any more. What was opened before goes on. ` +
      'If the contract goes on after all, have its end moved or taken back.',
    { endsOn },
  );
}

/** Whether something was refused because its contract has ended. */
export function isOfEnd(error: unknown): error is Refusal & { readonly details: { readonly endsOn: string } } {
  return error instanceof Refusal && error.details.endsOn !== undefined;
}
