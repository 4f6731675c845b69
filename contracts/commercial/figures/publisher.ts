/** Family C: figures between distributor and publisher. Each has its clause; our readings are marked. */
import type { CommercialTermsInput } from '../shape.ts';

/** Names of the whole terms that the figures refer to. */
export interface PublisherNames {
  /** Names of the priorities 1 and 2 of the terms, whose delay counts as unavailability. */
  readonly countedPriorities: readonly [string, ...string[]];
}

/** Commercial terms between a distributor and a publisher. */
export function publisherFigures({ countedPriorities }: PublisherNames): CommercialTermsInput {
  return {
    // C 4.4.3: priorities 1 and 2 not resolved in time count. Our reading: from the due moment; both spans are recorded.
    availability: { countedRequests: { priorities: [...countedPriorities], from: 'due' } },
    reporting: {
      reports: {
        installedBase: {
          by: 'distributor',
          words: { fr: 'État du parc clients', en: 'Installed base' },
          every: { unit: 'months', count: 3 },
        },
        maintenancePerformance: {
          by: 'distributor',
          words: { fr: 'Résultats de performance de la maintenance', en: 'Performance of the maintenance' },
          every: { unit: 'months', count: 3 },
        },
        // C 4.5.2 gives the publisher's report no period. Our reading: each quarter, as the distributor's.
        openRequests: {
          by: 'publisher',
          words: { fr: 'Demandes ouvertes et délais de traitement', en: 'Open requests and processing times' },
          every: { unit: 'months', count: 3 },
        },
      },
      // C 4.5.2: "réunions contradictoires", called by the publisher. Our reading: each quarter, with the reports.
      reviewMeetings: { by: 'publisher', everyMonths: 3 },
    },
    // C 3: reviewed each year by common agreement, changed only by a signed writing.
    changes: { by: 'signedAmendment', reviewed: 'yearly' },
    // C, last clause: quoted, on the distributor's written demand.
    outsideScope: { askedBy: 'distributorInWriting', quoted: true, tariff: 'asQuoted' },
  };
}
