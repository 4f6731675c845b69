/** Estimates before they are sent: return trips are part of the units, where the contract's units count trips. */
import { describe, expect, it } from 'vitest';
import { draftEstimate } from '../../api/estimateDraft.ts';
import { Problem } from '../../api/problems.ts';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { travelOf } from '../../mail/templates/travel.ts';
import { termsOf } from '../support/apiWorld.ts';

const PARTIES = { customer: 'Customer', provider: 'Provider' };
const TICKETS = termsOf(prepaidTickets(PARTIES));
const HOSTING = termsOf(
  managedHosting(PARTIES, {
    ...{ activeModules: ['subscription'], halfDays: 4 },
    monthlyCents: { hosting: 1, equipment: 1, services: 1 },
  }),
);

function wrongIn(terms: typeof TICKETS, given: object) {
  try {
    draftEstimate({ scope: 'All of it.', ...given }, terms, 'en');
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.details.errors;
    throw error;
  }
}

describe('return trips in an estimate', () => {
  it.each([
    [HOSTING, { unit: 'timeUnit', units: 12, trips: 3 }, undefined],
    [HOSTING, { unit: 'timeUnit', units: 12, trips: 4 }, 'Their travel takes 16 of the 12 units: too many.'],
    [HOSTING, { unit: 'halfDay', units: 1, trips: 1 }, 'The terms of this unit count no trips: leave it out.'],
    [TICKETS, { units: 4, trips: 1 }, 'The terms of this unit count no trips: leave it out.'],
    [TICKETS, { units: 4, trips: 0 }, undefined],
  ])('%#: %j', (terms, given, message) => {
    expect(wrongIn(terms, given)).toEqual(message && [{ path: 'trips', message }]);
  });

  it('are told with what they cost', () => {
    const trips = { count: 2, unit: 'timeUnit', units: 8 };
    expect(travelOf({ unit: 'timeUnit', trips: 2, onSite: true }, { timeUnit: 4 })).toEqual({ onSite: true, trips });
    expect(travelOf({ unit: 'timeUnit' }, { timeUnit: 4 })).toEqual({ onSite: false });
    expect(travelOf({ onSite: true }, {})).toEqual({ onSite: true });
  });
});
