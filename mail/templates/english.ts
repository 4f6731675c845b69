/** What our mails say in English. */
import type { Words } from './words.ts';

const ORDINALS = { 1: 'first', 2: 'second', 3: 'third' } as const;
const TASK_TITLES = {
  correctAddress: 'Address to be corrected',
  lookAtMessage: 'Message to be looked at',
  effectConflict: 'Internal fault to be looked at',
} as const;

const LATE_REPORTS = {
  acknowledged: 'the publisher took it up',
  asked: 'a question from the publisher',
  provided: 'our answer to the publisher’s question',
  delivered: 'a workaround or a fix',
  refused: 'the publisher refuses it',
  withdrawn: 'it was withdrawn',
  breached: 'the publisher’s deadline has passed',
  wrote: 'a message, which waits among the incoming mails for somebody to look at it',
} as const;

/** The English words. */
export const ENGLISH: Words = {
  greeting: (name) => `Hello ${name},`,
  clocks: {
    acknowledgement: 'Acknowledgement',
    intervention: 'Start of work',
    workaround: 'Workaround',
    resolution: 'Resolution',
    recovery: 'Recovery',
  },
  priority: 'Priority',
  subject: 'Subject',
  dueList: (zone) => `Under your contract, as things stand today, you can expect by (${zone}):`,
  backUpFirst:
    'Before you try anything, please make a full backup of your application and its data, and make sure that you can restore it.',
  remark: 'A note from our team:',
  yourMessage: 'Your message:',
  itsContent: 'What it is about:',
  footerRequest: (number) => `Support request ${number}`,
  footerAnswer: 'To answer us, simply reply to this message.',
  footerAutomatic: 'This message was sent automatically; your reply to it will be read by a person.',
  footerStaff: 'This message is automatic: nobody would read a reply. Please act on the request itself.',

  receipt: (number) =>
    `We have received your support request. Its number is ${number}: please quote it whenever you contact us about it.`,
  receiptNext: 'A member of our team will take it up. If you would like to add something, reply to this message.',
  unaskedReceipt: (number) =>
    `Your contract includes a planned visit, which we are preparing: there is nothing for you to do yet. Its number is ${number}: please quote it whenever you contact us about it.`,
  unaskedReceiptNext:
    'Our team will agree a date with you. If some days suit you better than others, reply to this message.',
  acknowledgement: 'We have taken up your request, and our team is working on it.',
  requalified: 'The priority of your request has changed.',
  recovery: 'The service is back.',
  recoveryNext: 'If you find that it is not, reply to this message. We will tell you when your request can be closed.',
  question: (automatic) =>
    automatic
      ? 'We need a piece of information before we can deal with your request:'
      : 'To go on with your request, we need an answer from you:',
  questionNext: 'Simply reply to this message: we will go on with your request as soon as we have your answer.',
  proposal: (kind, byPublisher) => {
    if (byPublisher) {
      return kind === 'workaround'
        ? 'The publisher of the product has delivered a workaround, and we would like you to try it:'
        : 'The publisher of the product has delivered a fix, and we would like you to test it:';
    }
    return kind === 'workaround'
      ? 'We have a workaround for you, and would like you to try it:'
      : 'We have a fix for you, and would like you to test it:';
  },
  proposalNext: (kind) =>
    kind === 'workaround'
      ? [
          'Then please reply to this message and tell us whether it works and, if so, whether it suits you for good or only until there is a fix.',
          'If it does not work, tell us what you see and we will go on with your request.',
        ]
      : [
          'Then please reply to this message and tell us whether it works.',
          'If it does not, tell us what you see and we will go on with your request.',
        ],
  production: [
    'Thank you for confirming that the fix works. What remains is to put it into production.',
    'Please reply to this message once that is done, so that we can close your request.',
  ],
  firstReminder: (when) => `If we do not hear from you, we will send you a first reminder on ${when}.`,

  reminderTitle: (step) => `Reminder ${step}`,
  reminder: 'Unless we have missed it, we have not had your answer yet.',
  waitingFor: (waitingFor, proposal, since) => {
    switch (waitingFor) {
      case 'information':
        return `Since ${since} we have been waiting for the information that we asked you for, to go on with your request.`;
      case 'confirmation':
        return `Since ${since} we have been waiting to hear whether the ${
          proposal === 'workaround' ? 'workaround' : 'fix'
        } that we proposed works.`;
      case 'production':
        return `You confirmed that the fix works. Since ${since} we have been waiting to hear whether it is in production.`;
    }
  },
  whatWeWrote: (kind) => {
    switch (kind) {
      case 'question':
        return 'As a reminder, our question:';
      case 'workaround':
        return 'As a reminder, the workaround that we proposed:';
      case 'fix':
        return 'As a reminder, the fix that we proposed:';
    }
  },
  howToAnswer: (waitingFor) => {
    switch (waitingFor) {
      case 'information':
        return 'Simply reply to this message.';
      case 'confirmation':
        return 'Please reply to this message and tell us whether it works, or what you see.';
      case 'production':
        return 'Please reply to this message once that is done.';
    }
  },
  nextReminder: (step, when) =>
    when === undefined
      ? `If we do not hear from you, we will send you a ${ORDINALS[step]} reminder.`
      : `If we do not hear from you, we will send you a ${ORDINALS[step]} reminder on ${when}.`,
  nextClosing: (waitingFor, when) => {
    const then =
      waitingFor === 'production'
        ? 'we will take it that the fix is in production and close your request'
        : 'we will close your request';
    return `This is the last reminder: if we do not hear from you, ${then}${when === undefined ? '' : ` on ${when}`}.`;
  },

  closingTitle: 'Closed',
  closing: (reason, { waitingFor, since, duplicateOf }) => {
    switch (reason) {
      case 'confirmed':
        return waitingFor === 'production' && since !== undefined
          ? `You confirmed that the fix works. We have not heard from you since ${since}, despite our reminders, and take it that the fix is in production: your request is closed.`
          : 'The solution has been confirmed, and your request is closed. Thank you for your help.';
      case 'noAnswer':
        return `${
          since === undefined
            ? 'We have had no answer from you, despite our reminders'
            : `We have had no answer from you since ${since}, despite our reminders`
        }: your request is closed.`;
      case 'refused':
        return 'Your request cannot be dealt with under your support contract: it is closed.';
      case 'withdrawn':
        return 'Your request was withdrawn: it is closed.';
      case 'duplicate':
        return duplicateOf === undefined
          ? 'Your request is the same as another, under which we go on: this one is closed.'
          : `Your request is the same as request ${duplicateOf}, under which we go on: this one is closed.`;
    }
  },
  reopenUntil: (when) =>
    `If the problem is still there, reply to this message before ${when} and your request will be reopened. After that, your reply will open a new request, linked to this one.`,
  refusalTitle: 'Request not covered',
  refusal: (exclusion) =>
    `Having examined your request, we cannot deal with it under your support contract. Reason: ${exclusion.replace(/\.$/, '')}.`,
  refusalNext:
    'Your request is therefore closed. If you see it differently, or would like this service all the same, reply to this message and we will tell you what is possible.',
  reopened: 'Your request is open again, and our team is going on with it.',
  escalated: 'We have examined your request and passed it on to the publisher of the product, with all that is needed.',
  escalationAcknowledged: 'The publisher of the product has taken up your request, and is working on it.',
  escalatedNext:
    'We remain your contact and follow it for you: if you would like to add something, reply to this message.',

  staffGreeting: 'Hello,',
  warningTitle: (clock) => `Due soon (${clock})`,
  warning: (clock, due) => `“${clock}” of this request is due soon: on ${due}.`,
  breachTitle: (clock) => `Overdue (${clock})`,
  breach: (clock, due) =>
    `“${clock}” of this request is overdue: it was due on ${due}. This has been recorded; the request goes on.`,
  taskTitle: (task) => TASK_TITLES[task],
  task: (task) => {
    switch (task) {
      case 'correctAddress':
        return [
          'A message to the customer could not be delivered: the mail server refuses their address. Reminders are on hold.',
          'Check the address with the customer, correct it, then say so on the request: the message will be sent again.',
        ];
      case 'lookAtMessage':
        return [
          'A message was filed on this request, but we cannot be sure that it comes from the person it names. It does not count as an answer, and the request will not be closed before someone has looked at it.',
          'Accept it or dismiss it.',
        ];
      case 'effectConflict':
        return [
          'An operation was refused, because its identifier had already been used with different content. Nothing was done twice.',
          'A supervisor should look at the request and do again what is missing.',
        ];
    }
  },
  lateReportTitle: 'Late news from the publisher',
  lateReport: (escalation, what) => [
    `Escalation ${escalation} of this request is over, or the request is closed. Since then, this has come in: ${LATE_REPORTS[what]}.`,
    'It has been filed on the request; nothing else happened. Please see whether anything needs doing about it.',
  ],
  contract: 'Contract',
  customer: 'Customer',
  contact: 'Contact',
  message: 'Message',
  sender: 'Sender it names',
  due: 'Due',
};
