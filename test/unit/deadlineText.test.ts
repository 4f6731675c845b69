import { describe, expect, it } from 'vitest';
import { buildOpeningWindow } from '../../contracts/calendar.ts';
import { namedSteps } from '../../contracts/namedSteps.ts';
import { requestTerms, requestWindows } from '../../contracts/requestTerms.ts';
import { anomalySupport, SUPPORT_CALENDAR } from '../../contracts/templates/anomalySupport.ts';
import { demonstration } from '../../contracts/templates/demonstration.ts';
import { type ContractTerms, type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import { explainClock } from '../../domain/explanation.ts';
import { rulesOf } from '../../domain/rules.ts';
import type { RequestPause } from '../../domain/state.ts';
import type { ClockName, Delay } from '../../domain/terms.ts';
import { deadlineText } from '../../operations/deadlineText.ts';
import { local } from '../support/businessTime.ts';

const DAY = 86_400_000;
const PARTIES = { customer: 'Customer', provider: 'Provider' };

function checked(input: ContractTermsInput): ContractTerms {
  const parsed = parseTerms(input);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.terms;
}

interface Asked {
  readonly terms?: ContractTerms;
  readonly priority?: string;
  readonly clock?: ClockName;
  readonly from?: string;
  readonly pauses?: readonly RequestPause[];
  readonly closed?: { readonly from: number; readonly to: number; readonly reason?: string };
}

function text({ terms = checked(anomalySupport(PARTIES)), priority = 'major', clock = 'resolution', ...more }: Asked) {
  const startedAt = local(more.from ?? '2026-12-23 16:20');
  const { closed, pauses = [] } = more;
  let windows = requestWindows(terms, { from: startedAt, now: Math.max(startedAt, ...pauses.map(({ from }) => from)) });
  if (closed) {
    const calendar = terms.calendars[SUPPORT_CALENDAR];
    if (!calendar) throw new Error('no calendar');
    const request = { name: SUPPORT_CALENDAR, version: 2, from: startedAt, ahead: { until: startedAt + 40 * DAY } };
    const closures = [{ announcedAt: startedAt, from: closed.from, to: closed.to }];
    const admitting = { ...calendar, closuresAdmitted: true };
    windows = { [SUPPORT_CALENDAR]: buildOpeningWindow(admitting, { ...request, closures }) };
  }
  const inForce = requestTerms('ONE', 1, terms);
  const rules = rulesOf({ terms: inForce, windows });
  const promised = inForce.priorities[priority]?.clocks[clock];
  if (!promised) throw new Error('not promised');
  const explanation = explainClock({ name: clock, terms: promised, start: startedAt, state: {} }, pauses, rules);
  const steps = namedSteps(
    terms,
    explanation,
    rules,
    closed ? { [SUPPORT_CALENDAR]: { version: 2, closures: [{ ...closed, announcedAt: startedAt }] } } : {},
  );
  return deadlineText({ contract: 'ONE', version: 1, terms, priority }, explanation, steps);
}

describe('a deadline in words', () => {
  it('in business days over Christmas, holidays by their names', () => {
    expect(text({})).toBe(`\
ONE, terms 1, major: resolution within 8 business days of calendar support, firm
From Wed 2026-12-23 16:20, Europe/Paris

  Wed 2026-12-23 16:20–18:00       1:40   1:40
  Thu 2026-12-24 09:00–18:00       9:00  10:40  business day 1
  Fri 2026-12-25                                closed: Christmas Day (Noël)
  Sat 2026-12-26 – Sun 2026-12-27               closed: every week
  Mon 2026-12-28 09:00–18:00       9:00  19:40  business day 2
  Tue 2026-12-29 09:00–18:00       9:00  28:40  business day 3
  Wed 2026-12-30 09:00–18:00       9:00  37:40  business day 4
  Thu 2026-12-31 09:00–18:00       9:00  46:40  business day 5
  Fri 2027-01-01                                closed: New Year's Day (Nouvel An)
  Sat 2027-01-02 – Sun 2027-01-03               closed: every week
  Mon 2027-01-04 09:00–18:00       9:00  55:40  business day 6
  Tue 2027-01-05 09:00–18:00       9:00  64:40  business day 7
  Wed 2027-01-06 09:00–16:20       7:20  72:00  business day 8

72:00 of 72:00 used
Due Wed 2027-01-06 16:20, Europe/Paris (UTC+01:00)
`);
  });

  it('in business days that end with an opening', () => {
    const lines = text({ priority: 'minor', clock: 'acknowledgement', from: '2026-11-21 12:00' }).split('\n');
    expect(lines.slice(3)).toEqual([
      '  Sat 2026-11-21 – Sun 2026-11-22               closed: every week',
      '  Mon 2026-11-23 09:00–18:00       9:00   9:00',
      '  Tue 2026-11-24 09:00–18:00       9:00  18:00  business day 1',
      '  Wed 2026-11-25 09:00                          business day 2',
      '',
      '18:00 of 18:00 used',
      'Due Wed 2026-11-25 09:00, Europe/Paris (UTC+01:00)',
      '',
    ]);
  });

  it('in business hours, with a pause and a closure', () => {
    const pauses = [{ cause: 'waiting' as const, from: local('2026-12-23 17:00'), to: local('2026-12-24 10:00') }];
    const closed = { from: local('2026-12-28 08:00'), to: local('2026-12-28 14:00'), reason: 'inventory' };
    expect(text({ priority: 'blocking', clock: 'workaround', pauses, closed })).toBe(`\
ONE, terms 1, blocking: workaround within 24 business hours of calendar support, firm
From Wed 2026-12-23 16:20, Europe/Paris

  Wed 2026-12-23 16:20–17:00                   0:40   0:40
  Wed 2026-12-23 17:00 – Thu 2026-12-24 10:00               paused: waiting on the customer; 2:00 not counted
  Thu 2026-12-24 10:00–18:00                   8:00   8:40
  Fri 2026-12-25                                            closed: Christmas Day (Noël)
  Sat 2026-12-26 – Sun 2026-12-27                           closed: every week
  Mon 2026-12-28 09:00–14:00                                closed: announced closure, inventory
  Mon 2026-12-28 14:00–18:00                   4:00  12:40
  Tue 2026-12-29 09:00–18:00                   9:00  21:40
  Wed 2026-12-30 09:00–11:20                   2:20  24:00

24:00 of 24:00 used
Due Wed 2026-12-30 11:20, Europe/Paris (UTC+01:00)
`);
  });

  it('in seconds, up to midnight', () => {
    const terms = checked(demonstration(PARTIES, 4));
    expect(text({ terms, priority: 'blocking', clock: 'acknowledgement', from: '2026-11-20 23:59' })).toBe(`\
ONE, terms 1, blocking: acknowledgement within 12 opened seconds of calendar support, firm
From Fri 2026-11-20 23:59, Europe/Paris

  Fri 2026-11-20 23:59–23:59:12  0:00:12  0:00:12

0:00:12 of 0:00:12 used
Due Fri 2026-11-20 23:59:12, Europe/Paris (UTC+01:00)
`);
  });

  it('day and night, and on a calendar of another zone', () => {
    const terms = checked(anomalySupport(PARTIES));
    const withDelay = (delay: Delay): ContractTerms => {
      const { major } = terms.priorities;
      const resolution = major?.clocks.resolution;
      const support = terms.calendars[SUPPORT_CALENDAR];
      if (!major || typeof resolution !== 'object' || !support) throw new Error('not promised');
      return {
        ...terms,
        calendars: { ...terms.calendars, [SUPPORT_CALENDAR]: { ...support, zone: 'America/New_York' } },
        priorities: { ...terms.priorities, major: { ...major, clocks: { resolution: { ...resolution, delay } } } },
      };
    };
    expect(
      text({ terms: withDelay({ calendarHours: 72 }) })
        .split('\n')
        .slice(3),
    ).toEqual([
      '  Wed 2026-12-23 16:20 – Sat 2026-12-26 16:20  72:00  72:00',
      '',
      '72:00 of 72:00 used',
      'Due Sat 2026-12-26 16:20, Europe/Paris (UTC+01:00)',
      '',
    ]);
    expect(
      text({ terms: withDelay({ businessHours: 1, calendar: SUPPORT_CALENDAR }) })
        .split('\n')
        .slice(1),
    ).toEqual([
      'From Wed 2026-12-23 10:20, America/New_York',
      '',
      '  Wed 2026-12-23 10:20–11:20  1:00  1:00',
      '',
      '1:00 of 1:00 used',
      'Due Wed 2026-12-23 17:20, Europe/Paris (UTC+01:00)',
      '',
    ]);
  });
});
