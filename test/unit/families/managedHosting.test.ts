import { describe, expect, it } from 'vitest';
import { managedHosting } from '../../../contracts/templates/managedHosting.ts';
import { type ContractTermsInput, parseTerms } from '../../../contracts/terms.ts';
import { addBusinessDays, openedBetween } from '../../../domain/openingHours.ts';
import { local, said } from '../../support/businessTime.ts';
import { openLife } from '../../support/life.ts';
import { rulesOfTerms } from '../../support/rules.ts';

const PARTIES = { customer: 'Customer', provider: 'Host' };
const CHOICES = {
  activeModules: ['subscription', 'recoveryGuarantee', 'hosting'] as const,
  monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
};
const RULES = rulesOfTerms(managedHosting(PARTIES, CHOICES));

describe('managed hosting (E)', () => {
  it('is odd only where its source is below the law: warned of, never rewritten', () => {
    const result = parseTerms(managedHosting(PARTIES, CHOICES));
    const paths = 'warnings' in result ? result.warnings.map(({ path }) => path) : expect.unreachable();
    expect(paths).toEqual(['latePayment.interest.legalRateShare', 'latePayment.recoveryCharge']);
  });

  it('has business hours Monday to Friday and working hours Monday to Saturday', () => {
    // 2026-11-20 is a Friday.
    const hours = (calendar: string, from: string, to: string) => {
      const opened = openedBetween(RULES.openings(calendar), local(from), local(to));
      return 'ms' in opened ? opened.ms / 3_600_000 : expect.unreachable();
    };
    expect(hours('business', '2026-11-20 00:00', '2026-11-21 00:00')).toBe(7.5);
    expect(hours('business', '2026-11-21 00:00', '2026-11-22 00:00')).toBe(0);
    expect(hours('working', '2026-11-20 00:00', '2026-11-21 00:00')).toBe(9.5);
    expect(hours('working', '2026-11-21 00:00', '2026-11-22 00:00')).toBe(9.5);
    expect(hours('working', '2026-11-22 00:00', '2026-11-23 00:00')).toBe(0);
    const next = (calendar: string) => said(addBusinessDays(RULES.openings(calendar), local('2026-11-20 10:00'), 1));
    expect(next('business')).toBe('Mon 2026-11-23 10:00');
    expect(next('working')).toBe('Sat 2026-11-21 10:00');
  });

  it('intervenes within 30 minutes of business hours, and starting work meets it and takes it up (module A)', () => {
    const life = openLife('interruption', '2026-11-20 11:45', RULES);
    expect(life.due('intervention')).toBe('Fri 2026-11-20 14:15');
    life.on('2026-11-20 14:15', 'startWork', {});
    expect(life.clock('intervention')).toMatchObject({ status: 'met', metAt: local('2026-11-20 14:15') });
    expect(life.state).toMatchObject({ status: 'inProgress', acknowledgedAt: local('2026-11-20 14:15') });
    expect(life.told).toContain('Fri 2026-11-20 14:15 workStarted');
    expect(() => life.on('2026-11-20 14:20', 'startWork', {})).toThrow('started already');
  });

  it('misses an intervention one minute later', () => {
    const life = openLife('standard', '2026-11-20 11:45', RULES).on('2026-11-20 14:16', 'startWork', {});
    expect(life.told).toContain('Fri 2026-11-20 14:15 clockBreached intervention');
  });

  it.each([
    ['at exactly 4 h 30, kept (our reading)', '2026-11-23 08:45', false],
    ['a minute later, missed', '2026-11-23 08:46', true],
  ])('recovers within 4 h 30 of business hours (module K): %s', (_, recovered, isBreached) => {
    // 15 minutes to 12:00, four hours to 18:00, a quarter of an hour on Monday.
    const life = openLife('interruption', '2026-11-20 11:45', RULES);
    expect(life.due('recovery')).toBe('Mon 2026-11-23 08:45');
    life.on('2026-11-20 14:00', 'startWork', {}).on(recovered, 'notifyRecovery', { text: 't' });
    expect(life.clock('recovery')).toMatchObject({ status: 'met', metAt: local(recovered) });
    expect(life.clock('recovery')?.breachedAt !== undefined).toBe(isBreached);
    expect(life.mailed.at(-1)).toMatch(/recovery$/);
    expect(life.state.status).toBe('inProgress');
  });

  it('counts on when what had recovered is reopened: the recovery is not met any more', () => {
    const life = openLife('interruption', '2026-11-20 09:00', RULES)
      .on('2026-11-20 09:10', 'startWork', {})
      .on('2026-11-20 10:00', 'notifyRecovery', { text: 't' })
      .on('2026-11-20 10:30', 'close', { reason: 'confirmed' })
      .on('2026-11-20 11:30', 'reopen', { text: 't' });
    // One hour of the budget is left out: the request was closed.
    expect(life.due('recovery')).toBe('Fri 2026-11-20 16:30');
    expect(life.view.possible).toContain('notifyRecovery');
  });

  it('promises neither without the modules', () => {
    const rules = rulesOfTerms(managedHosting(PARTIES, { ...CHOICES, activeModules: ['hosting'] }));
    const life = openLife('interruption', '2026-11-20 11:45', rules);
    expect(life.view.clocks).toEqual([]);
    expect(() => life.on('2026-11-20 12:00', 'startWork', {})).toThrow('promise no intervention');
    expect(() => life.on('2026-11-20 12:00', 'notifyRecovery', { text: 't' })).toThrow('notifyRecovery was refused');
  });

  it('starts no clock for a planned visit: nobody has called (our reading)', () => {
    expect(openLife('planned', '2026-12-01 08:00', RULES).view.clocks).toEqual([]);
    const result = parseTerms(managedHosting(PARTIES, CHOICES));
    if (!('terms' in result)) return expect.unreachable();
    expect(result.terms.modules?.visits).toEqual({ kind: 'maintenance', priority: 'planned' });
  });

  it('names what planned visits refer to and is not there; without it terms hold as before', () => {
    const own = managedHosting(PARTIES, CHOICES);
    const withVisits = (visits: object | undefined) =>
      parseTerms({ ...own, modules: { ...own.modules, visits } } as ContractTermsInput);
    expect(withVisits({ kind: 'training', priority: 'urgent' })).toEqual({
      errors: [
        { path: 'modules.visits.kind', message: 'The contract does not cover this kind of request.' },
        {
          path: 'modules.visits.priority',
          message: 'There is no priority of this name; there are: interruption, standard, planned.',
        },
      ],
    });
    const unknown = withVisits({ kind: 'cleaning', priority: 'planned' });
    expect('errors' in unknown && unknown.errors.map(({ path }) => path)).toEqual(['modules.visits.kind']);
    expect('terms' in withVisits(undefined)).toBe(true);
  });

  it('admits no closures, and sends no reminders', () => {
    const result = parseTerms(managedHosting(PARTIES, CHOICES));
    if (!('terms' in result)) return expect.unreachable();
    expect(Object.values(result.terms.calendars).map(({ closuresAdmitted }) => closuresAdmitted)).toEqual([
      false,
      false,
    ]);
    expect(Object.values(result.terms.priorities).filter(({ reminders }) => reminders)).toEqual([]);
  });
});
