import { describe, expect, it } from 'vitest';
import { MODULE_NAMES } from '../../contracts/commercial/modules.ts';
import { at, type Family, FIGURES, hosting, parsed } from '../support/commercialTerms.ts';

/** A figure as it is read back: dotted path and value, amounts excluding VAT in cents, shares in basis points. */
type Row = [path: string, value: unknown];

const euros = (cents: number) => ({ cents, vatBasisPoints: 2_000 });

function readsBack(family: Family, rows: readonly Row[]): void {
  const terms = parsed(FIGURES[family]);
  it.each(rows)('%s is %j', (path, value) => expect(at(terms, path)).toEqual(value));
}

describe('every family', () => {
  it.each(Object.keys(FIGURES) as Family[])('%s survives storage', (family) => {
    const terms = parsed(FIGURES[family]);
    expect(parsed(JSON.parse(JSON.stringify(terms)))).toEqual(terms);
  });
});

describe('prepaid tickets (A)', () => {
  readsBack('A', [
    ['credits.ticket.minutes', 60],
    ['credits.ticket.rounding', 'startedUnit'],
    ['credits.ticket.roundedPer', 'intervention'],
    [
      'credits.ticket.packs',
      [
        { units: 4, price: euros(60_000) },
        { units: 10, price: euros(150_000) },
        { units: 20, price: euros(275_000) },
        { units: 40, price: euros(500_000) },
      ],
    ],
    ['credits.ticket.minimumUnits', 4],
    ['credits.ticket.alsoPaidInUnits', ['simplifiedReport']],
    ['credits.ticket.validity.period', { years: 1 }],
    ['credits.ticket.validity.from', 'customerSignature'],
    ['credits.ticket.validity.lastDay', 'sameDate'],
    ['credits.ticket.validity.ownForEachOrder', true],
    ['credits.ticket.carriedOver', false],
    ['credits.ticket.refunded', false],
    ['credits.ticket.renewal', 'none'],
    ['credits.ticket.travel', { counted: 'expenses' }],
    ['interventions.mostParticipants', 2],
    [
      'interventions.beforeWork',
      ['feasibilityStudyByCall', 'signedOrderOrBalance', 'scopeAndEstimateValidatedByCustomer'],
    ],
    ['interventions.overrun.warnAt', 8_000],
    ['interventions.overrun.whenBalanceSuffices', 'moreUnitsIfAgreed'],
    ['interventions.overrun.otherwise', 'newOrderIfAgreed'],
    ['interventions.cancellation.freeUntil', { businessDays: 5, calendar: 'support' }],
    ['interventions.cancellation.lost', 'plannedNotYetPerformed'],
    ['interventions.cancellation.dateChangeCounts', true],
    ['interventions.cancellation.nonRefundableExpensesDue', true],
    ['interventions.place.usually', 'remote'],
    ['interventions.place.onSite', 'withProvidersAgreement'],
    ['interventions.place.onSiteArea.en', 'mainland France'],
    ['interventions.expenses', { kinds: ['travel', 'accommodation', 'meals'], paid: 'agreedFlatRateElseAtCost' }],
    ['interventions.validatedInCustomersEnvironmentBy', 'customer'],
    ['interventions.warrantyDays', 0],
    ['interventions.customerBacksUpBefore', true],
    ['onCall.offered', 'never'],
    ['invoicing.credits', 'atOrder'],
    [
      'invoicing.payment',
      { method: 'transfer', withinDays: 30, contestedStaysDue: true, earlyPaymentDiscount: 'none' },
    ],
    ['invoicing.electronic', true],
    ['latePayment.interest', { rate: 'refinancing', pointsAbove: 1_000, runsFrom: 'dayAfterDue' }],
    ['latePayment.recoveryCharge', { cents: 4_000, vatBasisPoints: 0 }],
    ['latePayment.suspensionAfterFormalNotice', { days: 8, allows: ['suspend', 'terminate', 'rescind'] }],
    ['latePayment.collectionCostsDue', true],
    ['duration.initial', { years: 1 }],
    ['duration.renewal', undefined],
    ['liability.cap', { of: 'paidInContractYear' }],
    ['liability.claimWithin', { years: 2 }],
  ]);
});

describe('SaaS support (B)', () => {
  const penalties = 'availability.commitment.penalties';
  readsBack('B', [
    ['availability.commitment.target', 9_950],
    ['availability.commitment.period', 'calendarMonth'],
    ['availability.commitment.counts', 'totalUnavailability'],
    ['availability.commitment.environments', ['production']],
    ['availability.commitment.report', 'onWrittenDemand'],
    [`${penalties}.consecutivePeriods`, 2],
    [
      `${penalties}.bands`,
      [{ upTo: 150, penalty: 100 }, { upTo: 500, penalty: 400 }, { upTo: 700, penalty: 700 }, { penalty: 1_000 }],
    ],
    [`${penalties}.edges`, 'lowerBand'],
    [`${penalties}.cap`, 1_000],
    [`${penalties}.fee`, 'yearlyFeeOverTwelve'],
    [`${penalties}.claim`, { within: { businessDays: 10, calendar: 'support' }, inWriting: true }],
    [`${penalties}.paidAs`, 'creditNoteOnNextYearlyFee'],
    [`${penalties}.soleRemedy`, true],
    ['maintenance.zone', 'Europe/Paris'],
    ['maintenance.windows.nights.begins', ['mon', 'tue', 'wed', 'thu', 'fri', 'sat']],
    ['maintenance.windows.nights.from', '20:00'],
    ['maintenance.windows.nights.to', '06:00'],
    ['maintenance.windows.sundays.begins', ['sun']],
    ['maintenance.windows.sundays.from', '00:00'],
    ['maintenance.windows.sundays.to', '24:00'],
    ['maintenance.windows.holidays.begins', ['publicHoliday']],
    ['maintenance.windows.holidays.to', '24:00'],
    ['maintenance.holidays', 'support'],
    ['maintenance.variants.sundayNight.replaces', 'sundays'],
    ['maintenance.variants.sundayNight.products', ['document viewer']],
    ['maintenance.variants.sundayNight.window.begins', ['sun']],
    ['maintenance.variants.sundayNight.window.from', '00:00'],
    ['maintenance.variants.sundayNight.window.to', '06:00'],
    ['maintenance.variants.sundayNight.window.underMinutes', 60],
    ['maintenance.insideWindows', 'notifiedWorkIsExcluded'],
    [
      'maintenance.outsideWindows',
      { notice: { businessDays: 5, calendar: 'support' }, commitment: 'bestEffort', counts: true },
    ],
    ['maintenance.urgentSecurityWork', 'anyTimeExcluded'],
    ['onCall', { offered: 'asAnOption', ordered: 'proposedAgreedOrderedApart', billed: 'apart', debitsCredits: false }],
    ['invoicing.subscription', { fee: euros(1_200_000), everyMonths: 12 }],
    ['changes.notice', { months: 1 }],
    ['changes.noNoticeFor', ['security', 'law']],
    ['newVersions.validatedWithin', { calendarDays: 30 }],
    ['backups.rpoHours', 24],
    [
      'backups.kept',
      [
        { every: 'day', count: 7 },
        { every: 'week', count: 4 },
        { every: 'month', count: 3 },
      ],
    ],
    ['backups.sites', 2],
    ['backups.area', 'europeanEconomicArea'],
    ['outsideScope.analysisMayBeBilled', true],
    ['interventions.customerBacksUpBefore', true],
  ]);

  it.each([
    'scheduledMaintenance',
    'urgentSecurityMaintenance',
    'nonProduction',
    'improperUse',
    'prerequisitesMissing',
    'unauthorisedIntervention',
    'customersEnvironment',
    'mainSiteDestroyed',
  ])('does not count %s', (code) => {
    const exclusions = parsed(FIGURES.B).availability?.commitment?.exclusions;
    expect(exclusions?.[code]?.clause).toBe('B §5');
    expect(Object.keys(exclusions ?? {})).toHaveLength(8);
  });
});

describe('distributor and publisher (C)', () => {
  readsBack('C', [
    ['availability.countedRequests', { priorities: ['p1', 'p2'], from: 'due' }],
    ['reporting.reports.installedBase.by', 'distributor'],
    ['reporting.reports.installedBase.every', { unit: 'months', count: 3 }],
    ['reporting.reports.maintenancePerformance.by', 'distributor'],
    ['reporting.reports.maintenancePerformance.every', { unit: 'months', count: 3 }],
    ['reporting.reports.openRequests.by', 'publisher'],
    ['reporting.reports.openRequests.every', { unit: 'months', count: 3 }],
    ['reporting.reviewMeetings', { by: 'publisher', everyMonths: 3 }],
    ['changes', { by: 'signedAmendment', reviewed: 'yearly' }],
    ['outsideScope.askedBy', 'distributorInWriting'],
    ['outsideScope.quoted', true],
  ]);
});

describe('anomaly support (D)', () => {
  readsBack('D', [
    ['interventions.customerBacksUpBefore', true],
    ['outsideScope.feasibilityStudy', true],
    ['outsideScope.quoted', true],
    ['outsideScope.tariff', 'publicOnTheDayOfTheRequest'],
  ]);
});

describe('managed hosting (E)', () => {
  const perInterruption = 'recoveryPenalties.perInterruption';
  const perYear = 'recoveryPenalties.perYear';
  const ends = 'duration.otherEnds';
  readsBack('E', [
    ['credits.timeUnit.minutes', 15],
    ['credits.timeUnit.rounding', 'startedUnit'],
    ['credits.timeUnit.unitPrice', euros(2_500)],
    ['credits.timeUnit.base', 16],
    ['credits.timeUnit.minimumUnits', 16],
    ['credits.timeUnit.renewal', 'automaticAtZero'],
    ['credits.timeUnit.debitMaySpanRenewal', true],
    ['credits.timeUnit.travel', { counted: 'returnTrip', units: 4 }],
    ['credits.timeUnit.validity', { lasts: 'contract' }],
    ['credits.timeUnit.refunded', false],
    ['credits.halfDay.minutes', 180],
    ['credits.halfDay.unitPrice', euros(36_000)],
    ['credits.halfDay.base', 4],
    ['credits.halfDay.renewal', 'automaticAtZero'],
    ['credits.halfDay.travel', { counted: 'included' }],
    ['credits.halfDay.restIn', 'timeUnit'],
    ['credits.halfDay.validity', { lasts: 'contract' }],
    ['hotline.allowance', { minutes: 30, per: 'incident', remoteWorkIncluded: true, calls: 'unlimited' }],
    ['hotline.unit', 'timeUnit'],
    ['hotline.roundedPer', 'call'],
    ['hotline.curativeOnly', true],
    ['modules.list.plannedMaintenance.visit', { minutes: 60, every: 'month', delivers: ['report'] }],
    ['modules.list.preventiveHalfDay.visit', { minutes: 180, every: 'month', delivers: ['report', 'qualityIndex'] }],
    ['modules.list.continuityDay.visit', { minutes: 360, every: 'year', delivers: ['report'] }],
    ['modules.list.coordinationDay.visit', { minutes: 360, every: 'year', delivers: ['report', 'actionPlan'] }],
    ['modules.list.serversAndNetwork.interventions', 'preventiveAndCurative'],
    ['modules.list.workstations.interventions', 'urgentCurative'],
    ['modules.perimeterShrinks', 'priceStays'],
    ['modules.perimeterGrows', 'repricedAndInitialTermAnew'],
    ['modules.flatRate', { hosting: euros(80_000), equipment: euros(20_000), services: euros(30_000), users: 40 }],
    [`${perInterruption}.limit`, 270],
    [`${perInterruption}.keptAtLimit`, true],
    [`${perInterruption}.bands`, [{ upTo: 240, penalty: 1_000 }, { upTo: 480, penalty: 2_000 }, { penalty: 3_000 }]],
    [`${perInterruption}.edges`, 'lowerBand'],
    [`${perInterruption}.basis`, 'monthlyHostingInvoice'],
    [`${perYear}.limit`, 1_800],
    [`${perYear}.keptAtLimit`, false],
    [`${perYear}.bands`, [{ upTo: 600, penalty: 100 }, { upTo: 1_800, penalty: 200 }, { penalty: 300 }]],
    [`${perYear}.edges`, 'lowerBand'],
    [`${perYear}.basis`, 'yearlyHostingInvoice'],
    [`${perYear}.firstYear`, 'penaltyProRata'],
    [
      'recoveryPenalties.counted',
      { from: 'customersNotification', to: 'notifiedRecovery', calendar: 'business', year: 'calendarYear' },
    ],
    ['recoveryPenalties.plannedInterruptions', 'excluded'],
    ['recoveryPenalties.claim', 'onDemand'],
    ['recoveryPenalties.paidAs', 'deductionFromNextInvoice'],
    ['recoveryPenalties.contested.comparisonDays', 15],
    ['recoveryPenalties.contested.decidedBy.en', "The provider's operations manager"],
    ['longOutage.refund', 'proportionalToInstalment'],
    ['liability.cap', { of: 'hostingFee', months: 3 }],
    ['duration.initial', { years: 3 }],
    ['duration.firm', true],
    ['duration.renewal', { by: { years: 1 }, automatic: true }],
    ['duration.termination', { notice: { months: 6 }, by: 'registeredLetter' }],
    ['duration.earlyTermination.flatRates', { remainingShare: 10_000, surcharge: 3_000 }],
    [
      'duration.earlyTermination.consumption',
      { averageMonths: 12, price: 'lastUnitPriceBilled', proRata: 'daysRemaining', surcharge: 3_000 },
    ],
    [`${ends}.breach.by`, 'provider'],
    [`${ends}.breach.starts`, 'writtenNotice'],
    [`${ends}.breach.after`, { months: 1 }],
    [`${ends}.breach.unlessRemedied`, true],
    [`${ends}.forceMajeure.by`, 'either'],
    [`${ends}.forceMajeure.causeLastsOverDays`, 60],
    [`${ends}.forceMajeure.starts`, 'registeredLetter'],
    [`${ends}.forceMajeure.after`, { calendarDays: 8 }],
    [`${ends}.forceMajeure.indemnity`, false],
    [`${ends}.rulesOfUse.after`, { calendarDays: 30 }],
    [`${ends}.rulesOfUse.orAtOnce`, true],
    [
      'invoicing.flatRates',
      {
        everyMonths: 3,
        inAdvance: true,
        dayOfMonth: 1,
        periodsFrom: 'contractStart',
        beforeFirstPeriod: 'proRata',
      },
    ],
    ['invoicing.credits', 'inAdvanceAtStartAndRenewal'],
    ['invoicing.payment.method', 'directDebit'],
    ['invoicing.payment.withinDays', 0],
    ['invoicing.accountCharge', { amount: euros(975), unlessPaidBy: 'directDebit' }],
    ['latePayment.interest', { rate: 'legal', legalRateShare: 15_000, runsFrom: 'writtenNotice' }],
    ['latePayment.everythingDueAfter', 1],
    ['latePayment.holdsNewInterventions', true],
    ['latePayment.complaintSuspendsPayment', false],
    ['latePayment.suspensionAfterDays', 20],
    ['latePayment.terminationAfterSuspensionDays', 15],
    ['revision.when', 'eachAnniversary'],
    ['revision.fixedShare', 1_500],
    ['revision.indexShare', 8_500],
    ['revision.leastIncrease', 300],
    ['revision.base', 'lastRevision'],
    ['revision.suppliersRises', 'combinedByAPersonWithReason'],
    ['reversibility.within', { calendarDays: 60 }],
    ['reversibility.from', 'receiptOfRegisteredLetter'],
    ['reversibility.customerChooses', ['returned', 'destroyed']],
    ['reversibility.deletedAfterwards', true],
    ['reversibility.cost', { monthsOfFlatRate: 3, least: euros(250_000) }],
    ['reporting.logbook', { sharedWith: 'customersManager' }],
    ['reporting.reports.intervention.every', { unit: 'intervention' }],
    ['reporting.reports.qualityIndex.every', { unit: 'preventiveVisit' }],
    ['backups.snapshots', { everyHours: 1, from: '07:00', to: '19:00', calendar: 'working' }],
    ['changes', { by: 'signedAmendment' }],
  ]);

  it('owes no penalty for nine causes', () => {
    expect(Object.keys(parsed(FIGURES.E).recoveryPenalties?.causes ?? {})).toEqual([
      ...['changeAskedByCustomer', 'forceMajeure', 'thirdParty', 'customer', 'elementOfOthers'],
      ...['specialConstraints', 'incumbentOperator', 'telecomSupplier', 'regulator'],
    ]);
  });

  it.each(MODULE_NAMES)('takes %s alone', (name) => {
    const terms = parsed(hosting([name]));
    expect(Object.entries(terms.modules?.list ?? {}).filter(([, module]) => module.active)).toEqual([
      [name, terms.modules?.list[name]],
    ]);
    expect(terms.hotline?.allowance !== undefined).toBe(name === 'hotline');
    expect(terms.recoveryPenalties?.perInterruption !== undefined).toBe(name === 'recoveryGuarantee');
    expect(terms.recoveryPenalties?.perYear !== undefined).toBe(name === 'maximumInterruption');
  });

  it('bills a minimum of 400 €', () => {
    const unit = parsed(FIGURES.E).credits?.timeUnit;
    expect((unit?.base ?? 0) * (unit?.unitPrice?.cents ?? 0)).toBe(40_000);
  });
});
