import { describe, expect, it } from 'vitest';
import { localDate } from '../../contracts/zone.ts';
import { Refusal } from '../../domain/failures.ts';
import { type Opened, requireInForce } from '../../domain/inForce.ts';

/** Whether something is taken at an instant, on a contract with this last day in this zone. */
function isTaken(endsOn: string | null, zone: string, at: string): boolean {
  try {
    requireInForce({ reference: 'ACME', endsOn }, localDate(zone, Date.parse(at)), 'request');
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

describe('what is opened on a contract is taken to the end of its last local day', () => {
  it.each([
    ['long before', '2026-12-31', 'Europe/Paris', '2026-06-01T12:00:00Z', true],
    ['in the first instant of the day', '2026-12-31', 'Europe/Paris', '2026-12-30T23:00:00.000Z', true],
    ['in the last instant of the day', '2026-12-31', 'Europe/Paris', '2026-12-31T22:59:59.999Z', true],
    ['at midnight', '2026-12-31', 'Europe/Paris', '2026-12-31T23:00:00.000Z', false],
    ['a year later', '2026-12-31', 'Europe/Paris', '2027-12-31T12:00:00Z', false],
    ['while it is another day in UTC', '2026-12-31', 'Pacific/Auckland', '2026-12-31T10:59:59.999Z', true],
    ['when that day is over, and not yet in UTC', '2026-12-31', 'Pacific/Auckland', '2026-12-31T11:00:00Z', false],
    ['when the day is over in UTC only', '2026-12-31', 'America/New_York', '2027-01-01T04:59:59.999Z', true],
    ['when it is over there too', '2026-12-31', 'America/New_York', '2027-01-01T05:00:00Z', false],
    ['to the end of a day of 23 hours', '2026-03-29', 'Europe/Paris', '2026-03-29T21:59:59.999Z', true],
    ['after a day of 23 hours', '2026-03-29', 'Europe/Paris', '2026-03-29T22:00:00Z', false],
    ['to the end of a day of 25 hours', '2026-10-25', 'Europe/Paris', '2026-10-25T22:59:59.999Z', true],
    ['after a day of 25 hours', '2026-10-25', 'Europe/Paris', '2026-10-25T23:00:00Z', false],
    ['before a day without a midnight', '2026-04-23', 'Africa/Cairo', '2026-04-23T21:59:59.999Z', true],
    ['when the next day begins at one', '2026-04-23', 'Africa/Cairo', '2026-04-23T22:00:00Z', false],
    ['in the hour before midnight that comes twice', '2026-10-29', 'Africa/Cairo', '2026-10-29T21:30:00Z', true],
    ['after that hour', '2026-10-29', 'Africa/Cairo', '2026-10-29T22:00:00Z', false],
    ['whenever no end is known', null, 'Europe/Paris', '2099-01-01T00:00:00Z', true],
  ])('%s', (_when, endsOn, zone, at, expected) => {
    expect(isTaken(endsOn, zone, at)).toBe(expected);
  });

  it.each<[Opened, string]>([
    ['request', 'no request is'],
    ['intervention', 'no intervention is'],
    ['hotline call', 'no hotline call is'],
    ['escalation', 'no escalation is'],
  ])('and a refused %s says which contract ended, when, and what goes on', (opened, words) => {
    const end = { reference: 'ACME', endsOn: '2026-12-31' };
    expect(() => requireInForce(end, '2027-01-01', opened)).toThrow(
      expect.objectContaining({
        type: 'NotCovered',
        details: { endsOn: '2026-12-31' },
        message: expect.stringMatching(
          new RegExp(`contract ACME ended on 2026-12-31: ${words} opened .*What was opened before goes on`),
        ),
      }),
    );
  });
});
