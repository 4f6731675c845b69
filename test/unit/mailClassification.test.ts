import { describe, expect, it } from 'vitest';
import { classify, type Judged, type MailNature } from '../../mail/inbound/classify.ts';
import type { DeliveryReport } from '../../mail/inbound/parsedMail.ts';

const DOMAIN = 'support.example';
const TOKEN = 'abcdefghijklmnopqrstuv23';

interface Sample {
  readonly from?: string;
  readonly envelopeFrom?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly messageId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly report?: DeliveryReport;
}

function judged(sample: Sample): Judged {
  const from = sample.from ?? 'claire@customer.example';
  return {
    envelopeFrom: sample.envelopeFrom ?? from,
    envelopeTo: [sample.to ?? `sr+${TOKEN}@${DOMAIN}`],
    mail: {
      from: [from],
      subject: sample.subject ?? 'Re: [DA-2026-004217] Question: Panne d’impression',
      messageId: sample.messageId ?? '<abc@customer.example>',
      headers: Object.entries(sample.headers ?? {}).map(([name, value]) => ({ name: name.toLowerCase(), value })),
      report: sample.report,
    },
  };
}

const automatic = (why: (MailNature & { kind: 'automatic' })['why']): MailNature => ({ kind: 'automatic', why });
const genuine: MailNature = { kind: 'genuine' };
const own: MailNature = { kind: 'own' };
const bounce: MailNature = { kind: 'bounce' };
const report = (action: DeliveryReport['action']) => ({ action, original: `<1@${DOMAIN}>` });

const SAMPLES: readonly (readonly [string, Sample, MailNature])[] = [
  // people
  ['a plain answer', {}, genuine],
  ['Auto-Submitted: no', { headers: { 'Auto-Submitted': 'no' } }, genuine],
  ['Precedence: first-class', { headers: { Precedence: 'first-class' } }, genuine],
  ['receipts suppressed only', { headers: { 'X-Auto-Response-Suppress': 'DR, RN, NRN' } }, genuine],
  ['nothing suppressed', { headers: { 'X-Auto-Response-Suppress': 'None' } }, genuine],
  ['a vendor header that says no', { headers: { 'X-Autoreply': 'no' } }, genuine],
  ['a fault named "Absence de son"', { subject: 'Absence de son sur le poste 4' }, genuine],
  ['a fault named "Absent de la liste"', { subject: 'Absent de la liste des plans' }, genuine],
  ['an answer to an absence note', { subject: 'Re: Réponse automatique : absente' }, genuine],
  ['an automatic function in the title', { subject: 'Mise à jour automatique en échec' }, genuine],
  ['automatically, in English', { subject: 'Automatic replication fails' }, genuine],
  ['autocad, not auto:', { subject: 'Autocad export fails' }, genuine],
  ['out of memory', { subject: 'Out of memory on export' }, genuine],
  ['a mail whose subject quotes delivery', { subject: 'Question about mail delivery failed yesterday' }, genuine],
  ['no subject', { subject: '' }, genuine],
  // our own
  ['from our address', { from: `sr@${DOMAIN}` }, own],
  ['from our domain, in capitals', { from: 'sr@support.example', envelopeFrom: 'SR@SUPPORT.EXAMPLE' }, own],
  ['our Message-ID, resent by another', { messageId: `<0123@${DOMAIN}>` }, own],
  [
    'our reminder, resent, though it is marked',
    { from: `sr@${DOMAIN}`, headers: { 'Auto-Submitted': 'auto-generated' } },
    own,
  ],
  ['a domain that only ends like ours', { from: 'x@not-support.example' }, genuine],
  // delivery reports
  [
    'Postfix gave up',
    { from: 'mailer-daemon@mx.customer.example', envelopeFrom: '', report: report('failed') },
    bounce,
  ],
  ['our own server gave up', { from: `mailer-daemon@${DOMAIN}`, envelopeFrom: '', report: report('failed') }, bounce],
  [
    'Exim gave up, without a report',
    { envelopeFrom: '', headers: { 'X-Failed-Recipients': 'claire@customer.example' } },
    bounce,
  ],
  ['Postfix is late', { envelopeFrom: '', report: report('delayed') }, automatic('deliveryReport')],
  ['delivered, as asked', { envelopeFrom: '', report: report('other') }, automatic('deliveryReport')],
  [
    'a read receipt',
    { headers: { 'Content-Type': 'multipart/report; report-type=disposition-notification; boundary="x"' } },
    automatic('deliveryReport'),
  ],
  // standards
  ['vacation of Sieve', { headers: { 'Auto-Submitted': 'auto-replied (vacation)' } }, automatic('autoSubmitted')],
  [
    'vacation of Zimbra',
    { headers: { 'Auto-Submitted': 'auto-replied (zimbra; vacation)' } },
    automatic('autoSubmitted'),
  ],
  ['generated', { headers: { 'Auto-Submitted': 'auto-generated' } }, automatic('autoSubmitted')],
  [
    'notified',
    { headers: { 'Auto-Submitted': 'auto-notified; owner-email="x@y.example"' } },
    automatic('autoSubmitted'),
  ],
  ['no envelope sender', { envelopeFrom: '' }, automatic('emptySender')],
  ['to the bounce address', { to: `bounce+${TOKEN}@${DOMAIN}` }, automatic('bounceAddress')],
  ['bulk', { headers: { Precedence: 'bulk' } }, automatic('precedence')],
  ['junk', { headers: { Precedence: 'junk' } }, automatic('precedence')],
  ['auto_reply', { headers: { Precedence: 'auto_reply' } }, automatic('precedence')],
  ['a mailing list', { headers: { 'List-Id': '<users.list.example>' } }, automatic('list')],
  ['a newsletter', { headers: { 'List-Unsubscribe': '<mailto:u@list.example>' } }, automatic('list')],
  // vendors
  ['Exchange, all suppressed', { headers: { 'X-Auto-Response-Suppress': 'All' } }, automatic('responseSuppressed')],
  [
    'Exchange, OOF among others',
    { headers: { 'X-Auto-Response-Suppress': 'DR, OOF, AutoReply' } },
    automatic('responseSuppressed'),
  ],
  ['cPanel', { headers: { 'X-Autorespond': 'Re: question' } }, automatic('vendor')],
  ['Gmail vacation', { headers: { 'X-Autoreply': 'yes' } }, automatic('vendor')],
  ['Novell', { headers: { 'X-Auto-Reply-From': 'claire@customer.example' } }, automatic('vendor')],
  ['Lotus', { headers: { 'Delivered-To': 'Autoresponder' } }, automatic('vendor')],
  ['FirstClass', { headers: { 'X-FC-MachineGenerated': 'true' } }, automatic('vendor')],
  ['Strato', { headers: { 'X-POST-MessageClass': '9; Autoresponder' } }, automatic('vendor')],
  ['a mail system without a report', { from: 'MAILER-DAEMON@mx.customer.example' }, automatic('mailSystem')],
  // subjects
  ['Outlook, French', { subject: 'Réponse automatique : [DA-2026-004217] Rappel' }, automatic('subject')],
  ['Outlook, French, without accents', { subject: 'Reponse automatique: Rappel' }, automatic('subject')],
  ['Outlook, English', { subject: 'Automatic reply: [DA-2026-004217] Reminder' }, automatic('subject')],
  ['Out of Office', { subject: 'Out of Office Re: reminder' }, automatic('subject')],
  ['Out of the office', { subject: 'Out of the office until Monday' }, automatic('subject')],
  ['Absence', { subject: 'Absence' }, automatic('subject')],
  ['Absence du bureau', { subject: 'Absence du bureau : Rappel' }, automatic('subject')],
  ['Absente jusqu’au', { subject: 'Absente jusqu’au 30 novembre' }, automatic('subject')],
  ['Message d’absence', { subject: 'Message d’absence' }, automatic('subject')],
  ['Auto:', { subject: 'Auto: Re: reminder' }, automatic('subject')],
  ['autoreply', { subject: 'Autoreply: reminder' }, automatic('subject')],
  ['en congés', { subject: 'En congés jusqu’au 5 janvier' }, automatic('subject')],
  ['I am away', { subject: 'I’m currently out of the office' }, automatic('subject')],
  ['Undeliverable', { subject: 'Undeliverable: reminder' }, automatic('subject')],
  ['Non remis', { subject: 'Non remis : rappel' }, automatic('subject')],
];

describe('a mail', () => {
  it.each(SAMPLES)('%s', (_what, sample, nature) => {
    expect(classify(judged(sample), DOMAIN)).toEqual(nature);
  });
});
