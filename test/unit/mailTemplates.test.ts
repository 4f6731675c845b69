import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAIL_KINDS, type MailOrder } from '../../domain/effects.ts';
import type { Language } from '../../domain/languages.ts';
import { isAutomatic, type MailFacts, renderMail } from '../../mail/templates/mails.ts';
import { subjectLine } from '../../mail/templates/subject.ts';

const paris = (text: string) => Date.parse(`${text}+01:00`);
const since = paris('2026-11-18T14:30:00');
const next = paris('2026-11-23T14:30:00');
const due = [
  { clock: 'acknowledgement', at: paris('2026-11-18T17:30:00') },
  { clock: 'workaround', at: paris('2026-11-20T11:30:00') },
  { clock: 'resolution', at: paris('2026-11-25T14:30:00') },
] as const;
const text = 'b1a2';

const ORDERS: readonly MailOrder[] = [
  { kind: 'receipt', priority: 'blocking', text, due },
  { kind: 'receipt', priority: 'blocking', text, due: [] },
  { kind: 'receipt', priority: 'planned', text, due: [], unasked: true },
  { kind: 'acknowledgement', priority: 'blocking', due },
  { kind: 'requalified', priority: 'blocking', text, due },
  { kind: 'recovery', text },
  { kind: 'question', text, firstReminderAt: next, automatic: false },
  { kind: 'question', text, automatic: true },
  { kind: 'workaround', text, firstReminderAt: next },
  { kind: 'fix', text, firstReminderAt: next },
  { kind: 'workaround', text, firstReminderAt: next, escalation: 1 },
  { kind: 'fix', text, escalation: 2 },
  { kind: 'escalated', escalation: 1 },
  { kind: 'escalationAcknowledged', escalation: 1 },
  { kind: 'production', firstReminderAt: next },
  ...(['information', 'confirmation', 'production'] as const).flatMap((waitingFor): MailOrder[] => [
    {
      kind: 'reminder',
      step: 1,
      waitingFor,
      proposal: 'fix',
      waitingSince: since,
      next: { what: 'reminder', at: next },
    },
    {
      kind: 'reminder',
      step: 2,
      waitingFor,
      proposal: 'workaround',
      waitingSince: since,
      next: { what: 'reminder', at: next },
    },
    { kind: 'reminder', step: 3, waitingFor, waitingSince: since, next: { what: 'closing', at: next } },
    { kind: 'reminder', step: 3, waitingFor, waitingSince: since, next: { what: 'closing' } },
  ]),
  { kind: 'closing', reason: 'confirmed', reopenUntil: next },
  { kind: 'closing', reason: 'confirmed', waitingFor: 'production', waitingSince: since, reopenUntil: next },
  { kind: 'closing', reason: 'noAnswer', waitingFor: 'information', waitingSince: since, reopenUntil: next },
  { kind: 'closing', reason: 'refused', reopenUntil: next, text },
  { kind: 'closing', reason: 'withdrawn', reopenUntil: next },
  { kind: 'closing', reason: 'duplicate', duplicateOf: 'DA-2026-000012', reopenUntil: next },
  { kind: 'closing', reason: 'duplicate' },
  { kind: 'refusal', exclusion: 'notReproducible', text },
  { kind: 'reopened', text },
  { kind: 'reopened' },
  { kind: 'warning', clock: 'workaround', dueAt: next, priority: 'blocking' },
  { kind: 'breach', clock: 'recovery', dueAt: next, priority: 'blocking' },
  { kind: 'task', task: 'correctAddress' },
  { kind: 'task', task: 'lookAtMessage', mail: 'm1' },
  { kind: 'task', task: 'effectConflict' },
  ...(['acknowledged', 'asked', 'provided', 'delivered', 'refused', 'withdrawn', 'breached', 'wrote'] as const).map(
    (what) => ({ kind: 'lateReport', escalation: 2, what }) as const,
  ),
];

function facts(language: Language, more: Partial<MailFacts> = {}): MailFacts {
  return {
    number: 'DA-2026-004217',
    subject: 'Impression impossible',
    language,
    zone: 'Europe/Paris',
    signature: 'Service d’assistance',
    contract: 'D-2026-01',
    customer: 'Mairie de Valombre',
    contact: { name: 'Camille Roux', email: 'camille@valombre.example' },
    priority: language === 'fr' ? 'Bloquante' : 'Blocking',
    text: 'Ligne une\nLigne <deux> & "trois"',
    ...more,
  };
}

const mail = (order: MailOrder, language: Language, more: Partial<MailFacts> = {}) => {
  const { text: plain, ...rest } = renderMail(order, facts(language, more));
  return { ...rest, text: plain, read: plain.replace(/\s+/g, ' ') };
};

const CASES = ORDERS.flatMap((order) => (['fr', 'en'] as const).map((language) => ({ order, language })));

describe('every mail', () => {
  it('is among the cases below', () => {
    expect(new Set(ORDERS.map((order) => order.kind))).toEqual(new Set(MAIL_KINDS));
  });

  it.each(CASES)('$order.kind in $language says only what a reader understands', ({ order, language }) => {
    const evil = '<script>alert(1)</script>';
    const {
      subject,
      text: plain,
      html,
    } = renderMail(
      order,
      facts(language, {
        subject: `Panne ${evil}`,
        text: evil,
        contact: { name: evil, email: 'camille@valombre.example' },
        customer: evil,
        asked: { kind: 'question', text: evil },
        message: { sender: evil, subject: evil },
      }),
    );
    for (const part of [subject, plain, html]) {
      expect(part).not.toMatch(/undefined|null|NaN|\[object|Invalid Date/);
      expect(part).not.toMatch(/\b\d{12,}\b/);
      expect(part).not.toMatch(/waiting\(|noAnswer|lookAtMessage|correctAddress|effectConflict/);
    }
    expect(html).not.toMatch(/<script|<img|<link|https?:/i);
    expect(html).toContain(`<html lang="${language}">`);
    expect(subject).toMatch(/^\[DA-2026-004217\] /);
    expect(plain).toContain('DA-2026-004217');
    expect(plain).toContain('Service d’assistance');
  });

  it.each(CASES)('$order.kind in $language says the same as text and as HTML', ({ order, language }) => {
    const { text: plain, html } = renderMail(order, facts(language, { asked: { kind: 'fix', text: 'Version 4.2.1' } }));
    const bare = html
      .replace(/<title>.*<\/title>/, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    const words = (part: string) => new Set(part.match(/\p{L}{3,}/gu));
    expect(words(bare)).toEqual(words(plain));
  });

  it('breaks its own lines before 78 columns', () => {
    for (const { order, language } of CASES) {
      for (const line of renderMail(order, facts(language)).text.split('\n')) expect([...line].length).toBeLessThan(78);
    }
  });
});

describe('dates', () => {
  const reminder: MailOrder = {
    kind: 'reminder',
    step: 1,
    waitingFor: 'information',
    waitingSince: since,
    next: { what: 'reminder', at: next },
  };

  it('are said in the zone of the contract, named', () => {
    expect(mail(reminder, 'fr').read).toContain('depuis le mercredi 18 novembre 2026 à 14:30 (heure de Paris)');
    expect(mail(reminder, 'en').read).toContain('Since Wednesday 18 November 2026 at 14:30 (Paris time)');
    expect(mail(reminder, 'fr', { zone: 'Indian/Reunion' }).read).toContain(
      '18 novembre 2026 à 17:30 (heure de La Réunion)',
    );
  });

  it('of a receipt name the zone once', () => {
    const { read } = mail(ORDERS[0] ?? reminder, 'fr');
    expect(read).toContain('à ce jour (heure de Paris) : - Prise en charge : mercredi 18 novembre 2026 à 17:30');
    expect(read.match(/heure de Paris/g)).toHaveLength(1);
  });
});

describe('the receipt of a planned visit', () => {
  const unasked: MailOrder = { kind: 'receipt', priority: 'planned', text, due: [], unasked: true };

  it('thanks for no request and quotes no message: nobody has asked', () => {
    const french = mail(unasked, 'fr').read;
    expect(french).toContain('Votre contrat comprend une visite planifiée, que nous préparons');
    expect(french).toContain('Notre équipe va convenir d’une date avec vous.');
    expect(french).toContain('De quoi il s’agit :');
    expect(french).not.toMatch(/bien reçu|Votre message|votre demande/);
    const english = mail(unasked, 'en').read;
    expect(english).toContain('Your contract includes a planned visit');
    expect(english).not.toMatch(/have received|Your message|your request/);
  });
});

describe('what happens next', () => {
  it.each([
    [
      1,
      'reminder',
      'deuxième rappel le lundi 23 novembre 2026 à 14:30',
      'second reminder on Monday 23 November 2026 at 14:30',
    ],
    [2, 'reminder', 'troisième rappel le lundi 23 novembre 2026', 'third reminder on Monday 23 November 2026'],
    [
      3,
      'closing',
      'votre demande sera clôturée le lundi 23 novembre 2026',
      'we will close your request on Monday 23 November 2026',
    ],
  ] as const)('is said in reminder %i', (step, what, french, english) => {
    const order: MailOrder = {
      kind: 'reminder',
      step,
      waitingFor: 'information',
      waitingSince: since,
      next: { what, at: next },
    };
    expect(mail(order, 'fr').read).toContain(french);
    expect(mail(order, 'en').read).toContain(english);
    expect(mail(order, 'fr').subject).toBe(`[DA-2026-004217] Rappel ${step} – Impression impossible`);
  });

  it('is said with the question, the proposal and the wait for production', () => {
    for (const order of ORDERS.filter((one) => 'firstReminderAt' in one)) {
      expect(mail(order, 'fr').read).toContain('premier rappel le lundi 23 novembre 2026 à 14:30 (heure de Paris)');
      expect(mail(order, 'en').read).toContain('first reminder on Monday 23 November 2026 at 14:30 (Paris time)');
    }
  });

  it('is said with the closing: how to reopen, and until when', () => {
    const order: MailOrder = { kind: 'closing', reason: 'noAnswer', waitingSince: since, reopenUntil: next };
    expect(mail(order, 'fr').read).toContain('répondez à ce message avant le lundi 23 novembre 2026 à 14:30');
    expect(mail(order, 'en').read).toContain('reply to this message before Monday 23 November 2026 at 14:30');
  });

  it('is, for a fix that nobody says is in production, that it is taken to be', () => {
    const order: MailOrder = {
      kind: 'closing',
      reason: 'confirmed',
      waitingFor: 'production',
      waitingSince: since,
      reopenUntil: next,
    };
    expect(mail(order, 'fr').read).toContain('nous considérons qu’elle est en production');
    expect(mail(order, 'en').read).toContain('take it that the fix is in production');
  });
});

describe('proposals and their reminders', () => {
  it('ask for a full backup first', () => {
    const asking = ORDERS.filter(
      (order) =>
        order.kind === 'workaround' ||
        order.kind === 'fix' ||
        (order.kind === 'reminder' && order.waitingFor === 'confirmation'),
    );
    expect(asking).toHaveLength(8);
    for (const order of asking) {
      expect(mail(order, 'fr').read).toContain('sauvegarde complète');
      expect(mail(order, 'en').read).toContain('full backup');
    }
    expect(mail({ kind: 'question', text, automatic: false }, 'fr').read).not.toContain('sauvegarde');
  });

  it('quote what was written, as it was written', () => {
    const { text: plain, html } = mail({ kind: 'fix', text }, 'fr');
    expect(plain).toContain('> Ligne une\n> Ligne <deux> & "trois"');
    expect(html).toContain('Ligne une\nLigne &#60;deux&#62; &#38; &#34;trois&#34;');
    const order: MailOrder = {
      kind: 'reminder',
      step: 1,
      waitingFor: 'confirmation',
      proposal: 'fix',
      waitingSince: since,
      next: { what: 'reminder' },
    };
    expect(mail(order, 'en', { asked: { kind: 'fix', text: 'Install 4.2.1' } }).text).toContain(
      'As a reminder, the fix that we proposed:\n\n> Install 4.2.1',
    );
  });
});

describe('other content that matters', () => {
  it('a refusal gives the words of the terms', () => {
    const order: MailOrder = { kind: 'refusal', exclusion: 'notReproducible' };
    expect(mail(order, 'fr', { exclusion: 'l’anomalie n’est pas reproductible' }).read).toContain(
      'Motif : l’anomalie n’est pas reproductible.',
    );
  });

  it('a duplicate names the other request', () => {
    expect(mail({ kind: 'closing', reason: 'duplicate', duplicateOf: 'DA-2026-000012' }, 'en').read).toContain(
      'the same as request DA-2026-000012',
    );
  });

  it('staff read what is due, when and for whom', () => {
    const { subject, read } = mail({ kind: 'breach', clock: 'workaround', dueAt: next, priority: 'blocking' }, 'fr');
    expect(subject).toBe('[DA-2026-004217] Échéance dépassée (Solution de contournement) – Impression impossible');
    expect(read).toContain('elle tombait le lundi 23 novembre 2026 à 14:30 (heure de Paris)');
    expect(read).toContain('Contact : Camille Roux <camille@valombre.example>');
    expect(read).toContain('Priorité : Bloquante');
  });

  it('only what a machine wrote is marked automatic', () => {
    const kinds = new Set(ORDERS.filter((order) => !isAutomatic(order)).map((order) => order.kind));
    const byPeople = ['requalified', 'recovery', 'question', 'workaround', 'fix', 'production', 'refusal', 'reopened'];
    expect(kinds).toEqual(new Set(byPeople));
    expect(isAutomatic({ kind: 'question', text, automatic: true })).toBe(true);
  });
});

describe('subject lines', () => {
  it('are one line of at most 200 characters, whatever the subject', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (subject) => {
        const line = subjectLine('DA-2026-004217', subject, 'Rappel 1');
        expect([...line].length).toBeLessThanOrEqual(200);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
        expect(line.startsWith('[DA-2026-004217] Rappel 1 –')).toBe(true);
      }),
    );
  });

  it('let no header in', () => {
    expect(subjectLine('DA-2026-004217', 'Panne\r\nBcc: all@evil.example\r\n\r\n<p>')).toBe(
      '[DA-2026-004217] Panne Bcc: all@evil.example <p>',
    );
  });
});
