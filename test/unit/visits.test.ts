/** Which visits a contract has, when they are opened, and what their requests say. */
import { describe, expect, it } from 'vitest';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { parseTerms } from '../../contracts/terms.ts';
import { visitOpensAt, visitPeriod, visitRequestTerms, visitTermsOf } from '../../contracts/visits.ts';
import { visitScheduleId, visitTimes } from '../../domain/visits.ts';
import { visitWords } from '../../mail/templates/visitWords.ts';

const parsed = parseTerms(
  managedHosting(
    { customer: 'Customer', provider: 'Host' },
    {
      activeModules: ['plannedMaintenance', 'coordinationDay', 'hosting'],
      monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
    },
  ),
);
const terms = 'terms' in parsed ? parsed.terms : expect.unreachable();
const iso = (at: number) => new Date(at).toISOString();

describe('the visits of a contract', () => {
  it('come with modules that are active', () => {
    expect(visitTermsOf(terms, 'plannedMaintenance')).toMatchObject({ minutes: 60, every: 'month' });
    expect(visitTermsOf(terms, 'coordinationDay')).toMatchObject({ delivers: ['report', 'actionPlan'] });
    for (const module of ['preventiveHalfDay', 'hosting', 'toString', 'window cleaning']) {
      expect(visitTermsOf(terms, module)).toBeUndefined();
    }
  });

  it('have requests of the kind and priority that the terms say, or of the default ones', () => {
    expect(visitRequestTerms(terms)).toEqual({ kind: 'maintenance', priority: 'planned' });
    const { modules, ...rest } = terms;
    const { visits: _, ...others } = modules ?? expect.unreachable();
    expect(visitRequestTerms({ ...rest, modules: others })).toEqual({ kind: 'incident', priority: 'standard' });
  });

  it('are scheduled for the first days of their periods, in the zone of the contract', () => {
    const visits = { contract: 'E-1', module: 'plannedMaintenance', zone: 'Europe/Paris' };
    expect(visitScheduleId(visits)).toBe('visit:E-1:plannedMaintenance');
    const times = { timezone: 'Europe/Paris', dayOfMonth: 1, hour: 8 };
    expect(visitTimes({ ...visits, every: 'month' })).toEqual(times);
    expect(visitTimes({ ...visits, every: 'year' })).toEqual({ ...times, month: 'JANUARY' });
  });
});

describe('a period', () => {
  it.each([
    ['month', 'Europe/Paris', '2026-10-31T22:59:59.999Z', '2026-10'],
    ['month', 'Europe/Paris', '2026-10-31T23:00:00Z', '2026-11'],
    ['month', 'Europe/Paris', '2027-03-31T21:59:59.999Z', '2027-03'],
    ['month', 'Europe/Paris', '2027-03-31T22:00:00Z', '2027-04'],
    ['month', 'Europe/Paris', '2028-02-29T22:59:59Z', '2028-02'],
    ['month', 'Europe/Paris', '2028-02-29T23:00:00Z', '2028-03'],
    ['year', 'Europe/Paris', '2027-12-31T23:00:00Z', '2028'],
    ['year', 'Pacific/Auckland', '2027-12-31T10:59:59Z', '2027'],
    ['year', 'Pacific/Auckland', '2027-12-31T11:00:00Z', '2028'],
    ['month', 'Pacific/Honolulu', '2027-03-01T09:59:59Z', '2027-02'],
  ] as const)('%s in %s: %s is in %s', (every, zone, at, period) => {
    expect(visitPeriod(every, zone, Date.parse(at))).toBe(period);
  });

  it.each([
    ['2026-10', 'Europe/Paris', '2026-10-01T06:00:00.000Z'],
    ['2026-11', 'Europe/Paris', '2026-11-01T07:00:00.000Z'],
    ['2027-03', 'Europe/Paris', '2027-03-01T07:00:00.000Z'],
    ['2027-04', 'Europe/Paris', '2027-04-01T06:00:00.000Z'],
    ['2028', 'Europe/Paris', '2028-01-01T07:00:00.000Z'],
    ['2028-01', 'Pacific/Auckland', '2027-12-31T19:00:00.000Z'],
  ])('%s in %s: its visit is opened at %s, eight on the clocks there', (period, zone, at) => {
    expect(iso(visitOpensAt(period, zone))).toBe(at);
    expect(visitPeriod(period.includes('-') ? 'month' : 'year', zone, Date.parse(at))).toBe(period);
  });
});

describe('the request of a visit', () => {
  const maintenance = visitTermsOf(terms, 'plannedMaintenance') ?? expect.unreachable();
  const coordination = visitTermsOf(terms, 'coordinationDay') ?? expect.unreachable();

  it('says what it is, in the language of its reader', () => {
    expect(visitWords({ ...maintenance, language: 'fr', period: '2027-03' })).toEqual({
      subject: 'Visite planifiée : Télémaintenance planifiée, mars 2027',
      description:
        'Votre contrat comprend cette visite planifiée : Télémaintenance planifiée, pour mars 2027. Temps compris dans le forfait : 1 h. À son issue vous recevrez un compte rendu.',
    });
    expect(visitWords({ ...coordination, minutes: 390, language: 'en', period: '2027' })).toEqual({
      subject: 'Planned visit: Coordination day, 2027',
      description:
        'Your contract includes this planned visit: Coordination day, for 2027. Time that the flat rate covers: 6 h 30 min. When it is done you will receive a report and an action plan.',
    });
  });
});
