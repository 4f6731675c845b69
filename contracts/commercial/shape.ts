/** The commercial half of a contract's terms: its fields, what contradicts itself in them, and what is legal but odd. */
import { z } from 'zod';
import type { Finding } from '../inspection.ts';
import { Availability, availabilityContradictions, availabilityWarnings } from './availability.ts';
import { Backups, backupContradictions } from './backups.ts';
import { Catalogue, catalogueContradictions } from './catalogue.ts';
import { Changes, NewVersions } from './changes.ts';
import { CreditUnits, creditContradictions, creditWarnings } from './credits.ts';
import { Duration, durationContradictions, durationWarnings } from './duration.ts';
import { Hotline, hotlineContradictions } from './hotline.ts';
import { Interventions, interventionContradictions } from './interventions.ts';
import { Invoicing, invoicingContradictions } from './invoicing.ts';
import { LatePayment, latePaymentContradictions, latePaymentWarnings } from './latePayment.ts';
import { Liability, liabilityContradictions } from './liability.ts';
import { Maintenance, maintenanceContradictions, maintenanceWarnings } from './maintenance.ts';
import { Modules, moduleContradictions, moduleWarnings } from './modules.ts';
import { vatWarnings } from './money.ts';
import { OnCall } from './onCall.ts';
import { OutsideScope } from './outsideScope.ts';
import { LongOutage, RecoveryPenalties, recoveryContradictions, recoveryWarnings } from './recoveryPenalties.ts';
import { Reporting } from './reporting.ts';
import { Reversibility, reversibilityContradictions } from './reversibility.ts';
import { Revision, revisionWarnings } from './revision.ts';

/** Fields of the terms, each one optional; families have those that their contract speaks of. */
export const COMMERCIAL_TERMS = {
  credits: CreditUnits.optional().meta({ description: 'Credit units, by name (A, E).' }),
  hotline: Hotline.optional().meta({ description: 'Hotline paid by time (E CP 6).' }),
  catalogue: Catalogue.optional().meta({ description: 'Services that credit units buy, by code (A catalogue).' }),
  interventions: Interventions.optional().meta({
    description: 'Planned interventions (A art. 1, 4a, catalogue; B §6; D 1.4.2).',
  }),
  onCall: OnCall.optional().meta({ description: 'Work out of hours (A p. 2, B §7).' }),
  availability: Availability.optional().meta({ description: 'Availability promised and penalised (B §5, C 4.4.3).' }),
  maintenance: Maintenance.optional().meta({ description: 'Maintenance windows and notices (B §5, annex 2).' }),
  modules: Modules.optional().meta({ description: 'Flat-rate modules and their flat rate (E).' }),
  recoveryPenalties: RecoveryPenalties.optional().meta({ description: 'Recovery promises and penalties (E art. 4).' }),
  longOutage: LongOutage.optional().meta({ description: 'What is owed after an outage of several days (E 4.1).' }),
  invoicing: Invoicing.optional().meta({
    description: 'What is billed when, and how it is paid (A art. 4, B §5, E 21).',
  }),
  latePayment: LatePayment.optional().meta({ description: 'What late payment entails (A art. 4c, E 21.3).' }),
  duration: Duration.optional().meta({ description: 'Term, renewal and ends (A art. 2, E 18, 19, 22).' }),
  revision: Revision.optional().meta({ description: 'Price revision (E 21.4).' }),
  changes: Changes.optional().meta({ description: 'How the terms change (B §3, C 3, E art. 0, 27).' }),
  newVersions: NewVersions.optional().meta({ description: 'Validation of new versions (B §8).' }),
  liability: Liability.optional().meta({ description: "Cap of the provider's liability (A art. 7, E 3.1)." }),
  reversibility: Reversibility.optional().meta({ description: 'Giving data back at the end (E art. 23).' }),
  backups: Backups.optional().meta({ description: 'Backups by the provider (B §6, E 2.2).' }),
  reporting: Reporting.optional().meta({ description: 'Reports, meetings, logbook (C 4.5, E CP 5).' }),
  outsideScope: OutsideScope.optional().meta({ description: 'Work outside the contract (B §7, C, D 1.3).' }),
};

/** The commercial terms by themselves. */
export const CommercialTerms = z.strictObject(COMMERCIAL_TERMS);
export type CommercialTerms = z.infer<typeof CommercialTerms>;
/** Commercial terms as they are written: what has a default may be left out. */
export type CommercialTermsInput = z.input<typeof CommercialTerms>;

/**
 * Every contradiction between parts of the commercial terms, and with the `calendars` and `priorities` of the whole.
 * Terms may be wrong in any other way too: what has not the right shape is passed over, since the schema names it.
 */
export function commercialContradictions(terms: unknown): Finding[] {
  return [
    ...creditContradictions(terms),
    ...hotlineContradictions(terms),
    ...catalogueContradictions(terms),
    ...interventionContradictions(terms),
    ...availabilityContradictions(terms),
    ...maintenanceContradictions(terms),
    ...moduleContradictions(terms),
    ...recoveryContradictions(terms),
    ...invoicingContradictions(terms),
    ...latePaymentContradictions(terms),
    ...durationContradictions(terms),
    ...liabilityContradictions(terms),
    ...reversibilityContradictions(terms),
    ...backupContradictions(terms),
  ];
}

/** What is legal but odd in the commercial terms. They are applied as written. */
export function commercialWarnings(terms: unknown): Finding[] {
  return [
    ...creditWarnings(terms),
    ...availabilityWarnings(terms),
    ...maintenanceWarnings(terms),
    ...moduleWarnings(terms),
    ...recoveryWarnings(terms),
    ...latePaymentWarnings(terms),
    ...durationWarnings(terms),
    ...revisionWarnings(terms),
    ...Object.keys(COMMERCIAL_TERMS).flatMap((name) => vatWarnings(terms, name)),
  ];
}
