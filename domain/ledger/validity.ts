/** From when and until when units may be used. Local dates in the contract's zone, YYYY-MM-DD; the last day counts to its end. */
import { daysAfter, periodAfter } from '../localDates.ts';
import type { Validity } from './terms.ts';

/** The days on which a lot may be used; `null`: as long as the contract. */
export interface ValidDays {
  readonly validFrom: string | null;
  readonly lastDay: string | null;
}

/** Days of units whose order form was signed on `signedOn`; of 29 February a year on 28 February. */
export function validDays(signedOn: string, validity: Validity): ValidDays {
  if (validity.lasts === 'contract') return { validFrom: null, lastDay: null };
  const sameDate = periodAfter(signedOn, validity.period);
  return { validFrom: signedOn, lastDay: validity.lastDay === 'sameDate' ? sameDate : daysAfter(sameDate, -1) };
}

/** Whether units may pay for work done on that date. */
export function isValidOn({ validFrom, lastDay }: ValidDays, date: string): boolean {
  return (validFrom === null || validFrom <= date) && (lastDay === null || date <= lastDay);
}

/** Whether its last day is over on that date. */
export function isOver({ lastDay }: ValidDays, date: string): boolean {
  return lastDay !== null && lastDay < date;
}
