/** When changed terms may take effect. Dates are local dates in the contract's zone, YYYY-MM-DD. */
import { type Period, periodAfter } from './localDates.ts';

/** Why terms change: reasons of security or law may need no notice (B §3). */
export const CHANGE_REASONS = ['ordinary', 'security', 'law'] as const;
/** Why terms change. */
export type ChangeReason = (typeof CHANGE_REASONS)[number];

/** What a contract says of changes to itself. */
export type ChangeTerms =
  | { readonly by: 'providersNotice'; readonly notice: Period; readonly noNoticeFor: readonly ChangeReason[] }
  /** Both sides sign; on any date that they agree on. */
  | { readonly by: 'signedAmendment' };

/** The first date on which a change that is notified `today` may take effect. Without terms of change: today. */
export function earliestEffect(today: string, reason: ChangeReason, terms: ChangeTerms | undefined): string {
  if (terms?.by !== 'providersNotice' || terms.noNoticeFor.includes(reason)) return today;
  return periodAfter(today, terms.notice);
}
