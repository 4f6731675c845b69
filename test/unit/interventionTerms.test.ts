import { describe, expect, it } from 'vitest';
import { interventionTerms, interventionWindows } from '../../contracts/interventionTerms.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import { type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';

const PARTIES = { customer: 'Customer', provider: 'Provider' };

function parsed(input: ContractTermsInput) {
  const result = parseTerms(input);
  if (!('terms' in result)) throw new Error(JSON.stringify(result.errors));
  return result.terms;
}

const A = parsed(prepaidTickets(PARTIES));

describe('what interventions need of a contract', () => {
  it('of tickets', () => {
    expect(interventionTerms('A-1', 3, A)).toEqual({
      ...{ contract: 'A-1', version: 3, family: 'A', zone: 'Europe/Paris', calendar: 'support' },
      beforeWork: ['feasibilityStudyByCall', 'signedOrderOrBalance', 'scopeAndEstimateValidatedByCustomer'],
      units: { ticket: { minutes: 60, roundedPer: 'intervention', travel: { counted: 'expenses' } } },
      warnAt: 8_000,
      cancellation: {
        ...{ businessDays: 5, calendar: 'support', lost: 'plannedNotYetPerformed' },
        ...{ dateChangeCounts: true, nonRefundableExpensesDue: true },
      },
      ...{ onSite: 'withProvidersAgreement', mostParticipants: 2, backup: true, onCall: 'never' },
      approvalWithin: { businessDays: 10, calendar: 'support' },
      reminders: [1, 3, 5].map((businessDays) => ({ businessDays, calendar: 'support' })),
      allowances: {},
    });
  });

  it('of hosting: units, half-days, and the time of its modules', () => {
    const terms = parsed(
      managedHosting(PARTIES, {
        activeModules: ['plannedMaintenance', 'coordinationDay', 'hosting'],
        monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
        halfDays: 4,
      }),
    );
    expect(interventionTerms('E-1', 1, terms)).toMatchObject({
      units: { timeUnit: { travel: { counted: 'returnTrip', units: 4 } }, halfDay: { restIn: 'timeUnit' } },
      allowances: {
        plannedMaintenance: { seconds: 3_600, every: 'month', deliverables: ['report'] },
        coordinationDay: { seconds: 21_600, every: 'year', deliverables: ['report', 'actionPlan'] },
      },
    });
    expect(interventionTerms('E-1', 1, terms).cancellation).toBeUndefined();
  });

  it('of the SaaS agreement: on-call work only; of anomaly support nothing is prepaid', () => {
    const saas = interventionTerms('B-1', 1, parsed(saasSupport(PARTIES, { yearlyFeeCents: 1_200_000 })));
    expect(saas).toMatchObject({ units: {}, onCall: 'asAnOption', backup: true });
    expect(interventionTerms('D-1', 1, parsed(anomalySupport(PARTIES)))).toMatchObject({ units: {}, onCall: 'never' });
  });

  it('what the contract says goes before the defaults of the product', () => {
    const own = prepaidTickets(PARTIES);
    const days = (businessDays: number) => ({ businessDays, calendar: 'support' });
    const interventions = { ...own.interventions, approvalWithin: days(3), remindersAfter: [days(1), days(2)] };
    const terms = interventionTerms('A-1', 1, parsed({ ...own, interventions }));
    expect(terms).toMatchObject({ approvalWithin: days(3), reminders: [days(1), days(2)] });
    const wrong = { ...interventions, remindersAfter: [days(2), { businessDays: 2, calendar: 'other' }] };
    expect(parseTerms({ ...own, interventions: wrong })).toMatchObject({
      errors: [
        { path: 'interventions.remindersAfter.1.calendar' },
        { path: 'interventions.remindersAfter.1.businessDays' },
        { path: 'interventions.remindersAfter.1.calendar' },
      ],
    });
  });

  it('has windows of about a year', () => {
    const now = Date.parse('2026-11-23T09:00:00Z');
    const { support } = interventionWindows(A, { from: now, now });
    expect(new Date(support?.until ?? 0).toISOString().slice(0, 7)).toBe('2027-12');
    expect(JSON.stringify(support).length).toBeLessThan(1_000);
  });
});
