/** What an escalation's mails say in English. */
import { ENGLISH } from './english.ts';
import type { PublisherWords } from './publisherWords.ts';

const DELIVERED = { fix: 'The fix that you delivered', workaround: 'The workaround that you delivered' } as const;

/** The English words. */
export const PUBLISHER_ENGLISH: PublisherWords = {
  greeting: 'Hello,',
  reference: 'Reference',
  priority: 'Priority',
  proposedPriority: 'Proposed priority',
  meaning: 'What it means',
  distributor: 'Distributor',
  sentBy: 'Referent',
  contract: 'Contract',
  due: 'Due',
  remark: 'Our comment:',
  clocks: ENGLISH.clocks,

  actionsLead:
    'To act, write to the matching address: it is the address, not your words, that says what you do. Your text is passed on as it is.',
  actions: {
    acknowledge: 'Acknowledge and take it up',
    ask: 'Ask for information',
    deliverWorkaround: 'Deliver a workaround (the customer reads your text)',
    deliverFix: 'Deliver a fix (the customer reads your text)',
  },
  atAcknowledgement:
    'When you acknowledge, the escalation is given an SR number, which all our messages quote from then on, and the time limits of the contract start to run.',
  plainReply: 'A plain reply to this message is filed as a note and read by a person; it changes nothing else.',
  footer: (reference) => `Our reference: ${reference}`,
  footerAutomatic: 'This message was sent automatically; your reply to it will be read by a person.',

  escalatedTitle: (priority) => `Escalation – ${priority}`,
  escalated: (distributor, contract) =>
    `${distributor} sends you an escalation under contract ${contract}. The complete package follows.`,
  parts: {
    problem: 'Problem, and feature affected',
    tried: 'What was tried',
    steps: 'How to reproduce it',
    errorMessages: 'Error messages',
    documents: 'Identifiers of the documents and of their owner',
    exampleFile: 'Example file',
    remoteAccess: 'Remote access to the end customer’s machine',
    environmentUnchanged: 'Environment unchanged since installation',
  },
  notApplicable: (part, reason) => `${part}: not applicable. Reason: ${reason}`,
  attached: (size) => `attached to this message (${size})`,
  notAttached: (size) => `too large for this message (${size}): please download it through the API`,
  units: ['bytes', 'KB', 'MB'],
  chaserTitle: (step) => `Reminder ${step} – acknowledgement awaited`,
  chaser: (sentAt) =>
    `We sent you this escalation on ${sentAt}. Unless we have missed it, you have not acknowledged it yet.`,
  providedTitle: 'Our answer to your question',
  provided: 'Here is the information that you asked for:',
  providedNext: 'Your time limits are running again.',
  acceptedTitle: (ends) => (ends ? 'Delivery accepted – escalation closed' : 'Delivery accepted for the time being'),
  accepted: (of, ends) =>
    ends
      ? [`${DELIVERED[of]} is accepted.`, 'The escalation is closed. Thank you for your help.']
      : [`${DELIVERED[of]} is accepted for the time being.`, 'We are now waiting for a fix from you.'],
  rejectedTitle: 'Delivery rejected',
  rejected: (of) => `${DELIVERED[of]} does not solve the problem.`,
  rejectedNext: (due) =>
    due === undefined
      ? 'The escalation goes on from where it was.'
      : `The escalation goes on from where it was. Your new deadline: ${due}.`,
  withdrawnTitle: 'Escalation withdrawn',
  withdrawn: 'We withdraw this escalation: there is nothing left for you to do.',
  priorityTitle: (agreed) => (agreed ? 'Priority agreed' : 'Another priority proposed'),
  prioritySaid: (agreed) => (agreed ? 'We agree to the priority that you named.' : 'We propose another priority.'),
  priorityNext: 'Please reply to this message and tell us whether you agree. Until then the higher of the two counts.',

  publisher: 'Publisher',
  request: 'Request',
  subject: 'Subject',
  sender: 'Sender it names',
  message: 'Message',
  question: 'The publisher’s question:',
  publisherSays: 'The publisher writes:',
  footerStaff: 'This message is automatic: nobody would read a reply. Please act on the escalation itself.',
  warningTitle: (clock) => `Publisher: due soon (${clock})`,
  warning: (clock, due) => `The publisher’s “${clock}” is due soon: on ${due}.`,
  breachTitle: (clock) => `Publisher: overdue (${clock})`,
  breach: (clock, due) =>
    `The publisher’s “${clock}” is overdue: it was due on ${due}. This has been recorded; the escalation goes on.`,
  taskTitle: (task) => {
    switch (task) {
      case 'answerPublisher':
        return 'The publisher asks for information';
      case 'lookAtMessage':
        return 'Message from the publisher to look at';
      case 'publisherSilent':
        return 'Publisher silent despite reminders';
      case 'correctAddress':
        return 'Publisher’s address to correct';
      case 'quote':
        return 'Refused by the publisher: to be quoted';
      case 'settlePriority':
        return 'Priority contested by the publisher';
      case 'effectConflict':
        return 'Internal fault to look at';
    }
  },
  task: (task, exclusion) => {
    switch (task) {
      case 'answerPublisher':
        return [
          'The publisher needs information before it can go on; its time limits are paused.',
          'Answer on the escalation, or ask the customer first.',
        ];
      case 'lookAtMessage':
        return [
          'A message was filed on this escalation. Its address does not say what it asks for, or we cannot be sure of its sender: it has changed nothing.',
          'Read it, do what is needed on the escalation, then accept the message as a note or dismiss it.',
        ];
      case 'publisherSilent':
        return [
          'Despite our reminders the publisher has not acknowledged this escalation.',
          'Call the publisher, then settle this task on the escalation.',
        ];
      case 'correctAddress':
        return [
          'A message could not be delivered to the publisher’s address.',
          'Check the address with the publisher, then correct it on the escalation: what still needs saying is sent again. Until then the publisher is not chased.',
        ];
      case 'quote':
        return [
          `The publisher refuses this escalation${exclusion === undefined ? '' : `, as not covered by the contract: ${exclusion.replace(/\.$/, '')}`}.`,
          'Have the work quoted, or take the request up in another way, then settle this task on the escalation.',
        ];
      case 'settlePriority':
        return [
          'The publisher does not agree to the proposed priority. Until it is agreed, the higher of the two counts.',
          'Agree to the publisher’s priority, or propose another, on the escalation.',
        ];
      case 'effectConflict':
        return [
          'An operation was refused, because its identifier had already been used with different content. Nothing was done twice.',
          'A supervisor should look at the escalation and do again what is missing.',
        ];
    }
  },
};
