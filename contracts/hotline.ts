/** What a call takes along of its contract. */
import type { Hotline } from '../domain/hotline.ts';
import type { ContractTerms } from './terms.ts';

/** The hotline that is paid by time; undefined where the contract has none. */
export function hotlineOf({ hotline, credits = {} }: ContractTerms): Hotline | undefined {
  const unit = hotline && credits[hotline.unit];
  if (!hotline || !unit) return undefined;
  const { allowance, roundedPer } = hotline;
  return { ...(allowance ? { allowance } : {}), unit: hotline.unit, roundedPer, unitMinutes: unit.minutes };
}
