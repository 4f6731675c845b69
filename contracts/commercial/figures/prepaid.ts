/** Family A: figures of prepaid tickets. Each has its clause; where the source leaves a choice, it is marked as our reading. */
import type { CommercialTermsInput } from '../shape.ts';
import { prepaidConfiguration } from './prepaidConfiguration.ts';
import { prepaidServices } from './prepaidServices.ts';

/** Names of the whole terms that the figures refer to. */
export interface PrepaidNames {
  /** Calendar of the opening hours; its business days count. */
  readonly calendar: string;
}

/** Commercial terms of prepaid tickets. */
export function prepaidFigures({ calendar }: PrepaidNames): CommercialTermsInput {
  return {
    credits: {
      ticket: {
        label: { fr: 'ticket prépayé', en: 'prepaid ticket' },
        // A p. 1: "1 ticket = 1 heure maximum".
        minutes: 60,
        rounding: 'startedUnit',
        // Our reading: hours are added up per intervention, not per work log.
        roundedPer: 'intervention',
        // A art. 4a: travel comes on top.
        travel: { counted: 'expenses' },
        // A order form; excluding VAT.
        packs: [
          { units: 4, price: { cents: 60_000 } },
          { units: 10, price: { cents: 150_000 } },
          { units: 20, price: { cents: 275_000 } },
          { units: 40, price: { cents: 500_000 } },
        ],
        // A p. 1: "4h de souscription minimum".
        minimumUnits: 4,
        renewal: 'none',
        // A art. 2: one year from the customer's signature; each order form is a contract of its own.
        // Our reading: the last valid day is the same date next year, to its end (29 February becomes 28 February).
        validity: {
          lasts: 'period',
          period: { years: 1 },
          from: 'customerSignature',
          lastDay: 'sameDate',
          ownForEachOrder: true,
        },
        // A art. 2: "ni reconduits ni remboursés".
        carriedOver: false,
        refunded: false,
        // A catalogue: "Rapport simplifié d'intervention" uses further tickets.
        alsoPaidInUnits: ['simplifiedReport'],
      },
    },
    interventions: {
      // A p. 2 ("validation préalable") and the prerequisites of every sheet of the catalogue.
      beforeWork: ['feasibilityStudyByCall', 'signedOrderOrBalance', 'scopeAndEstimateValidatedByCustomer'],
      // A p. 2: "2 participants maximum côté client par session".
      mostParticipants: 2,
      // A catalogue, every sheet. Our reading: at risk from 80 % of the approved tickets on.
      overrun: { warnAt: 8_000, whenBalanceSuffices: 'moreUnitsIfAgreed', otherwise: 'newOrderIfAgreed' },
      // A art. 1: lost when cancelled fewer than 5 business days before. Our reading: whole business days, the day of
      // cancelling excluded and the planned date included; what is lost is the planned part not yet performed; a change
      // of date that the customer asks inside the limit counts as cancelling. A art. 4a: expenses stay due.
      cancellation: {
        freeUntil: { businessDays: 5, calendar },
        lost: 'plannedNotYetPerformed',
        dateChangeCounts: true,
        nonRefundableExpensesDue: true,
      },
      // A art. 1.
      place: {
        usually: 'remote',
        onSite: 'withProvidersAgreement',
        onSiteArea: { fr: 'France métropolitaine', en: 'mainland France' },
      },
      // A art. 4a.
      expenses: { kinds: ['travel', 'accommodation', 'meals'], paid: 'agreedFlatRateElseAtCost' },
      // A catalogue, limits of every sheet.
      validatedInCustomersEnvironmentBy: 'customer',
      warrantyDays: 0,
      // A art. 1: "vivement recommandé"; the reminder asks for it.
      customerBacksUpBefore: true,
    },
    catalogue: { ...prepaidServices(), ...prepaidConfiguration() },
    // A p. 2: work out of hours is not provided for.
    onCall: { offered: 'never' },
    // A art. 4b: billed at order, by transfer within 30 days of issue, no discount; A art. 4c: a contested invoice stays due.
    invoicing: {
      credits: 'atOrder',
      payment: { method: 'transfer', withinDays: 30, contestedStaysDue: true, earlyPaymentDiscount: 'none' },
      electronic: true,
    },
    // A art. 4c.
    latePayment: {
      interest: { rate: 'refinancing', pointsAbove: 1_000, runsFrom: 'dayAfterDue' },
      recoveryCharge: { cents: 4_000, vatBasisPoints: 0 },
      collectionCostsDue: true,
      suspensionAfterFormalNotice: { days: 8, allows: ['suspend', 'terminate', 'rescind'] },
    },
    // A art. 2.
    duration: { initial: { years: 1 }, from: 'customerSignature' },
    // A art. 7.
    liability: {
      cap: { of: 'paidInContractYear' },
      exceptFor: ['grossNegligence', 'wilfulMisconduct', 'bodilyInjury'],
      claimWithin: { years: 2 },
    },
  };
}
