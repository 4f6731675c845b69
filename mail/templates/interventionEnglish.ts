/** What an intervention's mails say in English. */
import { ENGLISH } from './english.ts';
import { sayMinutes } from './instants.ts';
import type { InterventionWords } from './interventionWords.ts';

/** The English words. */
export const INTERVENTION_ENGLISH: InterventionWords = {
  greeting: ENGLISH.greeting,
  staffGreeting: ENGLISH.staffGreeting,
  none: 'none',
  remark: ENGLISH.remark,
  footerRequest: ENGLISH.footerRequest,
  footerAnswer: 'You may reply to this message; a reply never approves anything and spends nothing.',
  footerAutomatic:
    'This message was sent automatically. A person reads your reply; it never approves anything and spends nothing.',
  footerStaff: ENGLISH.footerStaff,
  contract: ENGLISH.contract,
  customer: ENGLISH.customer,
  contact: ENGLISH.contact,
  subject: ENGLISH.subject,
  intervention: 'Intervention',

  infeasibleTitle: 'Feasibility study',
  infeasible: 'We have studied your request, and cannot carry it out as it is. Nothing is debited. Our reasons:',
  estimateTitle: 'Estimate for your approval',
  estimate:
    'Here is our estimate for the work that you asked for. Nothing is reserved or debited before you approve it.',
  replaces: (wasSent) => `It takes the place of the one of ${wasSent}, which can no longer be approved.`,
  scope: 'Scope:',
  prerequisites: 'What must be there first:',
  limits: 'Limits:',
  deliverables: 'What you get:',
  cost: 'Estimated',
  onCall: 'Out of hours',
  onCallCost: 'ordered and billed apart, nothing is debited',
  estimateNext:
    'Open the page below to approve or decline. Opening it changes nothing: you decide with a button on it.',
  estimateUntil: (lastDay, zone) =>
    `The estimate may be approved up to and including ${lastDay} (${zone}); after that it expires.`,
  decide: 'Approve or decline the estimate',
  orderTitle: 'Order form to be signed',
  orderNeeded: (missing) =>
    missing === undefined
      ? ['The work takes place out of hours, and is ordered and billed apart. Please sign the order form first.']
      : [
          `What is left on your contract does not suffice. Missing: ${missing}.`,
          'Please sign an order form for it first: the work goes on once it has arrived.',
        ],
  moreTitle: (because) =>
    ({
      share: 'Time nearly used up',
      usedUp: 'Work stopped: your agreement is needed',
      agent: 'Your agreement to more',
    })[because],
  more: (because, amounts) =>
    amounts === undefined
      ? [
          {
            share: 'The work has used a large share of the time that your flat rate covers.',
            usedUp:
              'The time that your flat rate covers is used up. The work has stopped, and goes no further without your agreement.',
            agent: 'The work will take more time than your flat rate covers.',
          }[because],
        ]
      : [
          {
            share: 'The work has used a large share of the time that you approved.',
            usedUp: 'What you approved is used up. The work has stopped, and goes no further without your agreement.',
            agent: 'The work will take more than you approved.',
          }[because],
          `Used, with units that are begun: ${amounts.used}, of ${amounts.approved} approved.`,
        ],
  workLeft: (seconds) => `Work that it still pays for: ${sayMinutes(Math.floor(seconds / 60))}.`,
  moreAmounts: (amounts) =>
    amounts === undefined ? 'If more is to be done, say how much on the page below.' : `We ask you for: ${amounts}.`,
  moreNext: {
    approved: 'Without your agreement the work stays within what you approved. Opening the page changes nothing.',
    flatRate: 'Without your agreement the work stays within the flat rate. Opening the page changes nothing.',
  },
  decideMore: 'Agree to more, or decline',
  reminderTitle: (step) => `Reminder ${step}`,
  reminder: (turn, since) => [
    {
      approval: `Our estimate has been waiting for your decision since ${since}.`,
      order: `We have been waiting since ${since} for a signed order form: the work cannot go on before it.`,
      more: `We have been waiting since ${since} to hear whether you agree to more work than was estimated.`,
    }[turn],
    'Silence spends nothing: without your answer nothing more is done.',
  ],
  expiredTitle: 'Estimate expired',
  expired: [
    'Nobody approved our estimate in time, and it has expired. Nothing was reserved or debited.',
    'If you still want the work, reply to this message and we will send a new estimate.',
  ],
  scheduledTitle: 'Date agreed',
  scheduled: (span) => `The work takes place ${span}.`,
  insteadOf: (wasFrom) => `It takes place then instead of ${wasFrom}.`,
  freeUntil: (lastDay, zone) =>
    `You may cancel or change the date free of charge up to and including ${lastDay} (${zone}). From then on, what was planned and not performed is lost.`,
  neverFree:
    'Cancelling it, or changing the date, is not free of charge any more, because the date is so near: what was planned and not performed would be lost.',
  dayBeforeTitle: 'Reminder of your intervention',
  dayBefore: (span) => `As a reminder: the work takes place ${span}.`,
  backup:
    'Before it begins, please make a full backup of your data and systems, and make sure that you can restore it.',
  postponedTitle: 'Date postponed by us',
  postponed: (wasFrom) => [
    `We cannot keep the date of ${wasFrom}, and apologise. You lose nothing: your units stay reserved.`,
    'We will agree another date with you.',
  ],
  cancelledTitle: 'Intervention cancelled',
  cancelled(by, isWorkDue) {
    if (by === 'customer') return 'As you asked, the intervention is cancelled.';
    const rest = isWorkDue ? 'Only the work already done is debited.' : 'You lose no units.';
    return `We have to cancel the intervention. ${rest}`;
  },
  cancelledByOtherDate:
    'You wished another date. So near to the agreed one this counts as cancelling: the intervention is cancelled.',
  planned: 'Planned date',
  used: 'Debited for work done',
  lost: 'Lost',
  returned: 'Returned to your balance',
  expenses: 'Expenses due, excluding VAT',
  reportTitle: 'Report',
  report: 'The work is done. Our report:',
  actionPlan: 'The action plan that we propose:',
  qualityIndex: 'Quality index',
  outOfHundred: (index) => `${index} out of 100`,
  included: 'Of it, covered by the flat rate',
  time: 'Time worked',
  statement: 'The statement of your contract shows every movement.',
  taskTitle: (task) =>
    ({
      agreeDate: 'Agree a date',
      agreeOtherDate: 'Agree another date',
      moreUnanswered: 'No answer about more work',
      moreDeclined: 'More work declined',
      correctAddress: 'Address to be corrected',
      effectConflict: 'Internal fault to be looked at',
    })[task],
  uncovered: [
    'Another visit has taken the time that the flat rate has for this period, and nothing is reserved: ask the customer to agree to units before any work, or cancel.',
  ],
  task: (task) =>
    ({
      agreeDate: [
        'Everything is reserved, ordered, or covered by the flat rate: agree a date with the customer and schedule it.',
      ],
      agreeOtherDate: ['The date does not stand any more, or has passed without work: agree another one.'],
      moreUnanswered: ['The customer does not answer whether work may go on. It stays stopped: decide how it ends.'],
      moreDeclined: ['The customer does not agree to more. Finish within what was approved, or end it.'],
      correctAddress: [
        'A mail to the contact could not be delivered. Correct the address: what was lost is sent again.',
      ],
      effectConflict: ['An operation was refused for good. Look at the intervention’s timeline and at the ledger.'],
    })[task],
  news: (news) =>
    (
      ({
        declined: ['Estimate declined', 'The customer does not want the work. Nothing was reserved.'],
        expired: ['Estimate expired', 'The customer did not approve the estimate in time. Nothing was reserved.'],
        orderLacking: [
          'Order form awaited',
          'The customer agreed, but the balance does not suffice: they were asked to sign an order form. No work beyond what is reserved before it has arrived.',
        ],
        moreReserved: ['Work may go on', 'The customer agreed to more, and the units are reserved.'],
        dateChanged: [
          'Date changed by the customer',
          'The customer has chosen another date. If it does not suit, postpone it and agree another one.',
        ],
        cancelled: ['Cancelled by the customer', 'The customer has cancelled the intervention.'],
      }) as const
    )[news],
  newDate: (from, wasFrom) => `New date: ${from}, instead of ${wasFrom}.`,
  callCounted: 'Tell the caller: the contract has no free minutes. The call is counted in units from its first minute.',
  callTitle: (because) => (because === 'freeMinutesEnd' ? 'Call: time is counted' : 'Call: not enough credit'),
  call: (because) =>
    because === 'freeMinutesEnd'
      ? [
          'Tell the caller: the free minutes of this incident end in five minutes at most, if it has any left. What goes beyond is counted in units.',
        ]
      : ['The call is over, and the balance does not suffice for it. It is debited once an order has arrived.'],
};
