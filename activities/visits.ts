/** The activity that opens planned visits: it leaves rows, which the relay starts. */
import type { Pool } from 'pg';
import { visitPeriod, visitRequestTerms, visitTermsOf } from '../contracts/visits.ts';
import { localDate } from '../contracts/zone.ts';
import { type ContractRow, readContract, readMainContact } from '../db/contracts.ts';
import { openPlannedVisit } from '../db/plannedVisits.ts';
import { hasEnded } from '../domain/inForce.ts';
import { visitWords } from '../mail/templates/visitWords.ts';
import type { VisitActivities } from '../workflows/messages.ts';

/** Everything that is thrown is tried again by Temporal. */
export function createVisitActivities({ pool }: { readonly pool: Pool }): VisitActivities {
  return {
    async openVisit({ contract: reference, module, at }) {
      const contract = await readContract(pool, reference);
      const visit = contract && visitTermsOf(contract.terms, module);
      if (!visit || isOver(contract)) return { result: 'noVisits' };
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

function isOver(contract: Pick<ContractRow, 'endsOn' | 'zone'>): boolean {
  return hasEnded(contract, localDate(contract.zone, Date.now()));
}
