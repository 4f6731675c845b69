/** What the templates of several families have in common. */
import type { ClockStart, Delay, MetBy, PausingStatus } from '../../domain/terms.ts';
import type { ContractTermsInput } from '../terms.ts';

/** Who the contract is between. */
export interface Parties {
  readonly customer: string;
  readonly provider: string;
}

type CalendarInput = ContractTermsInput['calendars'][string];
type Week = NonNullable<CalendarInput['weekly']>;
type Hours = NonNullable<Week['mon']>;
type ClockInput = Exclude<ContractTermsInput['priorities'][string]['clocks']['resolution'], string | undefined>;

/** Monday to Friday with the same hours. */
export function businessWeek(hours: Hours): Week {
  return { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours };
}

/** A calendar in France that is closed on all public holidays, Whit Monday among them. */
export function frenchCalendar(weekly: Week, more: Partial<CalendarInput> = {}): CalendarInput {
  return {
    zone: 'Europe/Paris',
    weekly,
    holidays: { country: 'FR', whitMonday: 'holiday', goodFriday: false },
    ...more,
  };
}

/** A clock from registration; `more` says what is otherwise. */
export function clock(
  delay: Delay,
  metBy: MetBy[],
  more: { starts?: ClockStart; pausedWhile?: PausingStatus[]; commitment?: 'firm' | 'bestEffort' } = {},
): ClockInput {
  return { delay, starts: 'registration', pausedWhile: [], metBy, commitment: 'firm', warnAt: 0.75, ...more };
}

/** An exclusion in both languages, with the clause that says it. */
export function exclusion(clause: string, fr: string, en: string): ContractTermsInput['exclusions'][string] {
  return { words: { fr, en }, clause };
}
