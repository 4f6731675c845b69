import { describe, expect, it } from 'vitest';
import { requestTerms, requestWindows } from '../../contracts/requestTerms.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { demonstration } from '../../contracts/templates/demonstration.ts';
import { type ContractTerms, type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import { dueAfter } from '../../domain/delays.ts';
import { openingDays } from '../../domain/openingDays.ts';
import { addOpened, indexOpenings, nextOpening } from '../../domain/openingHours.ts';
import type { ClockName, Delay, RequestTerms } from '../../domain/terms.ts';
import { local, said } from '../support/businessTime.ts';

const PARTIES = { customer: 'Client', provider: 'Provider' };

function accepted(input: ContractTermsInput): ContractTerms {
  const result = parseTerms(input);
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result.terms;
}

function delayOf(request: RequestTerms, priority: string, clock: ClockName): Delay {
  const delay = request.priorities[priority]?.clocks[clock]?.delay;
  if (!delay) throw new Error(`${priority} promises no ${clock}`);
  return delay;
}

describe('family D', () => {
  const terms = accepted(anomalySupport(PARTIES));
  const request = requestTerms('C-1', 1, terms);

  function due(start: string, delay: Delay): string {
    const windows = requestWindows(terms, { from: local(start), now: local(start) });
    const find = (name: string) => indexOpenings(windows[name] ?? expect.unreachable());
    return said(dueAfter(delay, local(start), find));
  }

  it.each<[string, string, ClockName, string]>([
    ['2026-06-09 10:00', 'blocking', 'acknowledgement', 'Tue 2026-06-09 13:00'],
    ['2026-06-09 10:00', 'blocking', 'workaround', 'Thu 2026-06-11 16:00'],
    ['2026-06-09 10:00', 'blocking', 'resolution', 'Tue 2026-06-16 10:00'],
    ['2026-06-09 10:00', 'major', 'acknowledgement', 'Tue 2026-06-09 13:00'],
    ['2026-06-09 10:00', 'major', 'workaround', 'Fri 2026-06-19 10:00'],
    ['2026-06-09 10:00', 'major', 'resolution', 'Fri 2026-06-19 10:00'],
    ['2026-06-09 10:00', 'minor', 'acknowledgement', 'Thu 2026-06-11 10:00'],
    ['2026-11-20 16:50', 'blocking', 'acknowledgement', 'Mon 2026-11-23 10:50'],
    ['2026-11-20 16:50', 'blocking', 'workaround', 'Wed 2026-11-25 13:50'],
    ['2026-11-20 16:50', 'blocking', 'resolution', 'Fri 2026-11-27 16:50'],
    ['2026-11-20 16:50', 'major', 'workaround', 'Wed 2026-12-02 16:50'],
    ['2026-11-20 16:50', 'major', 'resolution', 'Wed 2026-12-02 16:50'],
    ['2026-11-20 16:50', 'minor', 'acknowledgement', 'Tue 2026-11-24 16:50'],
    ['2026-12-24 17:00', 'blocking', 'resolution', 'Mon 2027-01-04 17:00'],
    ['2026-12-24 17:00', 'major', 'workaround', 'Thu 2027-01-07 17:00'],
    ['2026-12-24 17:00', 'major', 'resolution', 'Thu 2027-01-07 17:00'],
    ['2026-10-23 16:00', 'major', 'workaround', 'Wed 2026-11-04 16:00'],
    ['2026-10-23 16:00', 'major', 'resolution', 'Wed 2026-11-04 16:00'],
    ['2026-03-27 16:00', 'blocking', 'workaround', 'Wed 2026-04-01 13:00'],
  ])('registered %s, %s: %s due %s', (start, priority, clock, expected) => {
    expect(due(start, delayOf(request, priority, clock))).toBe(expected);
  });

  it.each([
    ['blocking', ['Fri 2026-11-20 16:50', 'Mon 2026-11-23 16:50', 'Tue 2026-11-24 16:50'], 'Wed 2026-11-25 16:50'],
    ['major', ['Tue 2026-11-24 16:50', 'Fri 2026-11-27 16:50', 'Wed 2026-12-02 16:50'], 'Thu 2026-12-03 16:50'],
    ['minor', ['Thu 2026-11-26 16:50', 'Thu 2026-12-03 16:50', 'Thu 2026-12-10 16:50'], 'Fri 2026-12-11 16:50'],
  ])('waiting since Thursday, %s: reminders and closing', (priority, reminders, closing) => {
    const cycle = request.priorities[priority]?.reminders ?? expect.unreachable();
    expect(cycle.after.map((delay) => due('2026-11-19 16:50', delay))).toEqual(reminders);
    expect(due(reminders[2]?.slice(4) ?? '', cycle.closeAfterThird)).toBe(closing);
  });

  it('promises no workaround and no resolution for what is minor', () => {
    const minor = request.priorities.minor ?? expect.unreachable();
    expect(Object.keys(minor.clocks)).toEqual(['acknowledgement']);
    expect(minor.deferrable).toBe(true);
  });

  it('pauses work while waiting, never the acknowledgement, and says what meets each clock', () => {
    const clocks = request.priorities.major?.clocks;
    expect(clocks?.acknowledgement).toMatchObject({ pausedWhile: [], metBy: ['acknowledgement'], warnAt: 0.75 });
    expect(clocks?.workaround).toMatchObject({ pausedWhile: ['waiting'], metBy: ['workaround', 'fix'] });
    expect(clocks?.resolution).toMatchObject({ pausedWhile: ['waiting'], metBy: ['fix', 'permanentWorkaround'] });
  });

  it('projects what a request needs, as plain JSON', () => {
    expect(request).toMatchObject({ contract: 'C-1', version: 1, family: 'D', zone: 'Europe/Paris' });
    expect(request.reopenWithin).toEqual({ businessDays: 10, calendar: 'support' });
    expect(request.exclusions).toContain('notReproducible');
    expect(request.productionFollowsFix).toBe(true);
    expect(JSON.parse(JSON.stringify(request))).toStrictEqual(request);
  });

  it('reaches back to the oldest clock, and past the longest delay and 20 business days', () => {
    const now = local('2026-11-20 16:50');
    const { support, ...others } = requestWindows(terms, { from: local('2026-10-12 11:00'), now });
    expect(others).toEqual({});
    expect(support?.from).toBe(local('2026-10-12 00:00'));
    const reachable = nextOpening(indexOpenings(support ?? expect.unreachable()), now);
    expect(reachable).toEqual({ at: now });
    // 16 business days of a minor's reminders and closing, and 20 more.
    const later = openingDays(support ?? expect.unreachable()).filter(({ day }) => day > Date.parse('2026-11-20'));
    expect(later).toHaveLength(36);
  });
});

describe('the demonstration', () => {
  const terms = accepted(demonstration(PARTIES, 4));
  const request = requestTerms('DEMO', 1, terms);
  const start = local('2026-06-13 03:00');
  const windows = requestWindows(terms, { from: start, now: start });
  const seconds = (delay: Delay): number => {
    const reach = dueAfter(delay, start, (name) => indexOpenings(windows[name] ?? expect.unreachable()));
    return 'at' in reach ? (reach.at - start) / 1_000 : Number.NaN;
  };

  it('has the shape of family D, in seconds, at any time of the week', () => {
    const blocking = request.priorities.blocking ?? expect.unreachable();
    expect(blocking.reminders?.after.map(seconds)).toEqual([4, 8, 12]);
    expect(blocking.reminders && seconds(blocking.reminders.closeAfterThird)).toBe(4);
    expect(seconds(delayOf(request, 'blocking', 'acknowledgement'))).toBe(12);
    expect(seconds(delayOf(request, 'major', 'workaround'))).toBe(seconds(delayOf(request, 'major', 'resolution')));
    expect(Object.keys(request.priorities)).toEqual(['blocking', 'major', 'minor']);
  });

  it('is open around the clock, past midnight and public holidays', () => {
    const newYear = local('2026-12-31 23:59');
    const window = requestWindows(terms, { from: newYear, now: newYear }).support ?? expect.unreachable();
    expect(addOpened(indexOpenings(window), newYear, 120_000)).toEqual({ at: newYear + 120_000 });
  });
});
