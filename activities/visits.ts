/** The activity that opens planned visits: it leaves rows, which the relay starts. */
import type { Pool } from 'pg';
import { visitPeriod, visitRequestTerms, visitTermsOf } from '../contracts/visits.ts';
import { dateOfDay, localDayOf } from '../contracts/zone.ts';
import { type ContractRow, readContract, readMainContact } from '../db/contracts.ts';
import { openPlannedVisit } from '../db/plannedVisits.ts';
import { isBeforeEnd } from '../domain/ledger/contractEnd.ts';
import { visitWords } from '../mail/templates/visitWords.ts';
import type { VisitActivities } from '../workflows/messages.ts';

/** Everything that is thrown is tried again by Temporal. */
export function createVisitActivities({ pool }: { readonly pool: Pool }): VisitActivities {
  return {
    async openVisit({ contract: reference, module, at }) {
      const contract = await readContract(pool, reference);
      const visit = contract && visitTermsOf(contract.terms, module);
      if (!visit || hasEnded(contract)) return { result: 'noVisits' };
      const contact = await readMainContact(pool, reference);
      if (!contact) return { result: 'noContact' };
      const { terms, zone, version } = contract;
      const { kind, priority } = visitRequestTerms(terms);
      const language = terms.languages.includes(contact.language) ? contact.language : (terms.languages[0] ?? 'fr');
      const period = visitPeriod(visit.every, terms.zone, at);
      const opened = await openPlannedVisit(
        pool,
        { contract: reference, module, period },
        {
          ...{ contract: reference, zone, termsVersion: version, contact: contact.id, language, priority },
          ...{ details: { kind }, ...visitWords({ ...visit, language, period }) },
        },
      );
      return { result: 'opened', period, ...opened };
    },
  };
}

function hasEnded({ endsOn, zone }: Pick<ContractRow, 'endsOn' | 'zone'>): boolean {
  return endsOn !== null && !isBeforeEnd({ endsOn }, dateOfDay(localDayOf(zone, Date.now())));
}
