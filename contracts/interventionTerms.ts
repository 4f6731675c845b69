/** What an intervention takes along of its contract: the terms that its workflow needs, and the opening hours they count on. */
import type { InterventionTerms, ModuleAllowance, UnitTerms } from '../domain/intervention/terms.ts';
import type { OpeningWindow } from '../domain/openingHours.ts';
import { buildOpeningWindow } from './calendar.ts';
import type { WindowSpan } from './requestTerms.ts';
import type { ContractTerms } from './terms.ts';

/** Dates are agreed up to so many business days ahead: about a year. */
const BUSINESS_DAYS_AHEAD = 260;
const MINUTE = 60;

/** Where the terms are silent: defaults of the product, not contractual. Business days of the support calendar. */
const APPROVAL_DAYS = 10;
const REMINDER_DAYS = [1, 3, 5];
/** Share of the approved units at which the customer is told, in basis points. */
const WARN_AT = 8_000;

/** The part of a contract's terms that an intervention needs. */
export function interventionTerms(reference: string, version: number, terms: ContractTerms): InterventionTerms {
  const { interventions, supportCalendar } = terms;
  const days = (businessDays: number) => ({ businessDays, calendar: supportCalendar });
  const { cancellation, mostParticipants } = interventions ?? {};
  return {
    contract: reference,
    version,
    family: terms.family,
    zone: terms.zone,
    calendar: supportCalendar,
    beforeWork: interventions?.beforeWork ?? [],
    units: unitsOf(terms),
    warnAt: interventions?.overrun?.warnAt ?? WARN_AT,
    ...(cancellation
      ? {
          cancellation: {
            ...cancellation.freeUntil,
            lost: cancellation.lost,
            dateChangeCounts: cancellation.dateChangeCounts,
            nonRefundableExpensesDue: cancellation.nonRefundableExpensesDue,
          },
        }
      : {}),
    onSite: interventions?.place?.onSite ?? 'asAgreed',
    ...(mostParticipants === undefined ? {} : { mostParticipants }),
    backup: interventions?.customerBacksUpBefore ?? false,
    onCall: terms.onCall?.offered ?? 'never',
    approvalWithin: interventions?.approvalWithin ?? days(APPROVAL_DAYS),
    reminders: interventions?.remindersAfter ?? REMINDER_DAYS.map(days),
    allowances: allowancesOf(terms),
  };
}

/** Units that the contract has, by name. */
function unitsOf({ credits = {} }: ContractTerms): InterventionTerms['units'] {
  const active = Object.entries(credits).filter(([, unit]) => unit.active);
  return Object.fromEntries(
    active.map(([name, { minutes, roundedPer, restIn, travel }]) => {
      const unit: UnitTerms = {
        minutes,
        roundedPer,
        ...(restIn === undefined ? {} : { restIn }),
        travel: travel.counted === 'returnTrip' ? travel : { counted: travel.counted },
      };
      return [name, unit];
    }),
  );
}

/** Visits of the modules that are active (E list of modules). */
function allowancesOf({ modules }: ContractTerms): InterventionTerms['allowances'] {
  const visits = Object.entries(modules?.list ?? {}).flatMap(([name, module]) => {
    if (!module?.active || !module.visit) return [];
    const { minutes, every, delivers } = module.visit;
    const allowance: ModuleAllowance = { seconds: minutes * MINUTE, every, deliverables: delivers };
    return [[name, allowance] as const];
  });
  return Object.fromEntries(visits);
}

/**
 * Opening windows of every calendar that interventions count on: from the local day of `from` to about a year ahead.
 *
 * @throws RangeError when a calendar never opens, or does not admit the closures.
 */
export function interventionWindows(terms: ContractTerms, span: WindowSpan): Record<string, OpeningWindow> {
  const windows: Record<string, OpeningWindow> = {};
  for (const name of interventionCalendars(terms)) {
    const calendar = terms.calendars[name];
    if (!calendar) continue;
    const { version, closures } = span.announced?.[name] ?? { version: 1, closures: [] };
    windows[name] = buildOpeningWindow(calendar, {
      name,
      version,
      from: Math.min(span.from, span.now),
      ahead: { now: span.now, openedMs: 0, businessDays: BUSINESS_DAYS_AHEAD },
      closures,
    });
  }
  return windows;
}

/** Names of the calendars that interventions have windows of. */
export function interventionCalendars(terms: ContractTerms): string[] {
  const { cancellation, approvalWithin, remindersAfter = [] } = terms.interventions ?? {};
  const named = [cancellation?.freeUntil, approvalWithin, ...remindersAfter].flatMap((days) =>
    days ? [days.calendar] : [],
  );
  return [...new Set([terms.supportCalendar, ...named])];
}
