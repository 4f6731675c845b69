/** Family D's figures on a calendar that admits closures, as A and B have them. */
import type { Pool } from 'pg';
import { anomalySupport, SUPPORT_CALENDAR } from '../../contracts/templates/anomalySupport.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { termsOf } from './apiWorld.ts';
import { DAY_AND_NIGHT } from './dayAndNight.ts';

/** Id of a calendar that contracts share. */
export const SHARED = 'shared-support';

/** Terms on a calendar that never closes by itself. */
function admittingTerms({ id, closuresAdmitted = true }: { id?: string; closuresAdmitted?: boolean } = {}) {
  return termsOf({
    ...anomalySupport({ customer: 'Customer', provider: 'Support Example' }),
    calendars: { [SUPPORT_CALENDAR]: { ...DAY_AND_NIGHT, closuresAdmitted, ...(id === undefined ? {} : { id }) } },
  });
}

/** Stores a contract of such terms, with the contact `c-<reference>`. */
export async function storeAdmitting(
  pool: Pool,
  reference: string,
  options: { id?: string; closuresAdmitted?: boolean } = {},
): Promise<void> {
  const terms = admittingTerms(options);
  await storeContract(pool, { reference, terms });
  await storeTerms(pool, reference, 1, '2026-01-01', terms);
  const contact = { id: `c-${reference}`, contract: reference, name: reference, email: `${reference}@customer.test` };
  await storeContact(pool, { ...contact, language: 'fr', trained: true });
}
