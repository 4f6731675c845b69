import { describe, expect, it } from 'vitest';
import {
  INTERVENTION_MAIL_KINDS,
  INTERVENTION_NEWS,
  type InterventionMailOrder,
} from '../../domain/intervention/effects.ts';
import type { UnitAmounts } from '../../domain/intervention/terms.ts';
import type { InterventionFacts } from '../../mail/templates/interventionFacts.ts';
import {
  isAutomaticInterventionMail,
  isForStaff,
  renderCallAlert,
  renderInterventionMail,
} from '../../mail/templates/interventionMails.ts';

const FROM = Date.parse('2026-11-30T09:00:00Z');
const TO = Date.parse('2026-11-30T10:30:00Z');
const COST = { free: false, lost: { ticket: 2 }, used: { ticket: 1 }, returned: {}, expensesDue: 4_550 };
const TASKS = [
  'agreeDate',
  'agreeOtherDate',
  'moreUnanswered',
  'moreDeclined',
  'correctAddress',
  'effectConflict',
] as const;

const ORDERS: readonly InterventionMailOrder[] = [
  { kind: 'infeasible', text: 't' },
  { kind: 'estimate', estimate: 'e', amounts: { ticket: 3 }, expiresAt: TO },
  { kind: 'estimate', estimate: 'e', amounts: {} },
  { kind: 'orderNeeded', missing: { ticket: 3 } },
  { kind: 'orderNeeded', missing: {} },
  { kind: 'moreAsked', because: 'share', used: { ticket: 3 }, approved: { ticket: 3 }, secondsLeft: 2_159 },
  { kind: 'moreAsked', because: 'usedUp', used: { ticket: 3 }, approved: { ticket: 3 }, secondsLeft: 0 },
  {
    kind: 'moreAsked',
    because: 'agent',
    used: {},
    approved: { ticket: 3 },
    amounts: { ticket: 2 },
    secondsLeft: 60,
    text: 't',
  },
  { kind: 'waitingReminder', waitingFor: 'approval', step: 1, since: FROM },
  { kind: 'waitingReminder', waitingFor: 'order', step: 2, since: FROM },
  { kind: 'waitingReminder', waitingFor: 'more', step: 3, since: FROM },
  { kind: 'estimateExpired', estimate: 'e' },
  { kind: 'scheduled', from: FROM, to: TO, backup: true, freeBefore: Date.parse('2026-11-24T00:00:00+01:00') },
  { kind: 'scheduled', from: FROM, to: TO, backup: false },
  { kind: 'dayBefore', from: FROM, to: TO, backup: true },
  { kind: 'dayBefore', from: FROM, to: TO, backup: false },
  { kind: 'postponed', wasFrom: FROM, text: 't' },
  { kind: 'cancelled', by: 'customer', cost: COST },
  { kind: 'cancelled', by: 'provider', cost: { ...COST, free: true, lost: {}, expensesDue: 0 }, text: 't' },
  { kind: 'report', text: 't', seconds: 3_599, used: {}, returned: {} },
  { kind: 'report', text: 't', seconds: 3_600, used: { ticket: 1 }, returned: { ticket: 2 } },
  {
    ...{ kind: 'report', text: 't', actionPlan: 'p', qualityIndex: 0, seconds: 4_500, included: 3_600 },
    ...{ used: { ticket: 1 }, returned: {} },
  },
  ...INTERVENTION_NEWS.map((news) => ({ kind: 'interventionNews', news }) as const),
  ...TASKS.map((task) => ({ kind: 'interventionTask', task }) as const),
];

const LABELS = { fr: 'ticket prépayé', en: 'prepaid ticket' } as const;
const LINK = 'https://relance.test/approvals/abcdefghijklmnopqrstuvwx';
const facts = (language: 'fr' | 'en', more: Partial<InterventionFacts> = {}): InterventionFacts => ({
  ...{ number: 'DA-2026-000001', subject: 'A <new> server', intervention: 'intervention:DA-2026-000001:1', language },
  ...{ zone: 'Europe/Paris', signature: 'Support', contract: 'C-1', customer: 'Customer' },
  ...{ contact: { name: 'Payer <b>', email: 'p@x.test' }, units: { ticket: LABELS[language] } },
  ...{ text: 'As <b>said</b>.', link: LINK },
  estimate: {
    scope: 'All <of> it',
    prerequisites: ['A server'],
    limits: ['5 at most'],
    deliverables: [],
    onCall: false,
  },
  ...more,
});
/** Text as it was before it was wrapped. */
const said = (text: string) => text.replace(/[\s\u00a0]+/g, ' ');
const ofKind = (kind: InterventionMailOrder['kind']) =>
  ORDERS.find((order) => order.kind === kind) ?? expect.unreachable();
const render = (order: InterventionMailOrder, language: 'fr' | 'en') => renderInterventionMail(order, facts(language));

describe('mails of interventions', () => {
  it('have words for every kind', () => {
    expect(new Set(ORDERS.map(({ kind }) => kind))).toEqual(new Set(INTERVENTION_MAIL_KINDS));
  });

  const cases = ORDERS.flatMap((order) => (['fr', 'en'] as const).map((language) => [language, order] as const));
  it.each(cases)('say it in %s: %j', (language, order) => {
    const { subject, text, html } = render(order, language);
    expect(subject).toMatch(/^\[DA-2026-000001\] \S/);
    expect(`${text}${html}`).not.toMatch(/undefined|\[object|NaN/);
    expect(html).not.toMatch(/<new>|<b>|<of>|<script/);
    if (!isForStaff(order)) {
      expect(said(text)).toContain(language === 'fr' ? 'ne consomme rien' : 'spends nothing');
      const other = render(order, language === 'fr' ? 'en' : 'fr');
      expect(other.text).not.toBe(text);
    }
    const isLinked = order.kind === 'estimate' || order.kind === 'moreAsked' || order.kind === 'waitingReminder';
    expect(text.includes(`\n${LINK}\n`)).toBe(isLinked);
    expect(html.includes(`href="${LINK}"`)).toBe(isLinked);
  });

  it('ask in their subject for an agreement only where one is asked for', () => {
    const subjects = ORDERS.filter(({ kind }) => kind === 'moreAsked').map((order) =>
      (['fr', 'en'] as const).map((language) => render(order, language).subject.slice('[DA-2026-000001] '.length)),
    );
    expect(subjects).toMatchObject([
      [expect.stringMatching(/^Temps bientôt épuisé/), expect.stringMatching(/^Time nearly used up/)],
      [expect.stringContaining('votre accord'), expect.stringContaining('your agreement')],
      [expect.stringMatching(/^Votre accord/), expect.stringMatching(/^Your agreement/)],
    ]);
  });

  it.each(cases)('have not a word of the other language, in %s: %j', (language, order) => {
    const { subject, text } = renderInterventionMail(order, {
      ...facts(language, { text: 'Xxxx.', subject: 'Xxxx', link: 'https://x.test/x' }),
      estimate: { scope: 'Xxxx', prerequisites: ['Xxxx'], limits: ['Xxxx'], deliverables: ['Xxxx'], onCall: false },
      ...{ customer: 'Xxxx', contact: { name: 'Xxxx', email: 'x@x.test' }, intervention: 'Xxxx' },
    });
    const words = said(`${subject} ${text}`);
    const other = {
      fr: /\b(the|you|your|and|of|is|are|we|our|this|if|mail|work|not|request|none|from)\b/i,
      en: /\b(le|la|les|des|vous|votre|nous|est|sont|une|pas|demande|aucune|travail)\b/i,
    }[language];
    expect(words).not.toMatch(other);
    expect(words).not.toMatch(/'/);
    // French sets these apart, English does not; a clock, an address and a mark of the subject are neither.
    const marks = words.replace(/\d:\d|https?:|\w+-\d+/g, '');
    expect(marks).not.toMatch(language === 'fr' ? /[\p{L})][;:!?]/u : / [;:!?]/);
  });

  it('say times of work in whole minutes, carried over to hours', () => {
    const time = (seconds: number) =>
      said(render({ kind: 'report', text: 't', seconds, used: {}, returned: {} }, 'en').text);
    const told = [1, 60, 61, 3_540, 3_541, 3_599, 3_600, 3_601, 7_199].map((seconds) =>
      /Time worked: ((?:\d+ (?:h|min) ?)+)/.exec(time(seconds))?.[1]?.trim(),
    );
    expect(told).toEqual(['1 min', '1 min', '2 min', '59 min', '1 h', '1 h', '1 h', '1 h 1 min', '2 h']);
  });

  it('name no units in French as French does', () => {
    expect(said(render({ kind: 'report', text: 't', seconds: 60, used: {}, returned: {} }, 'fr').text)).toContain(
      'Débité pour le travail fait : aucune unité',
    );
  });

  it('ask for a full backup the day before, and say what cancelling costs from when on', () => {
    const [scheduled, dayBefore] = (['scheduled', 'dayBefore'] as const).map((kind) =>
      said(render(ofKind(kind), 'en').text),
    );
    expect(scheduled).toContain('free of charge up to and including Monday 23 November 2026 (Paris time)');
    for (const text of [scheduled, dayBefore]) expect(text).toContain('make a full backup');
    expect(dayBefore).toContain('takes place on Monday 30 November 2026 from 10:00 to 11:30 (Paris time)');
  });

  it('say the day of the work once, and both days of a night', () => {
    const scheduled = (from: string, to: string, language: 'fr' | 'en') =>
      said(render({ kind: 'scheduled', from: Date.parse(from), to: Date.parse(to), backup: false }, language).text);
    const day = ['2026-11-30T09:00:00+01:00', '2026-11-30T12:00:00+01:00'] as const;
    expect(scheduled(...day, 'fr')).toContain('aura lieu le lundi 30 novembre 2026 de 09:00 à 12:00 (heure de Paris).');
    const night = ['2026-11-30T22:00:00+01:00', '2026-12-01T00:00:00+01:00'] as const;
    expect(scheduled(...night, 'fr')).toContain(
      'du lundi 30 novembre 2026 à 22:00 au mardi 1er décembre 2026 à 00:00 (heure de Paris).',
    );
    expect(scheduled(...night, 'en')).toContain(
      'from Monday 30 November 2026 at 22:00 to Tuesday 1 December 2026 at 00:00 (Paris time).',
    );
  });

  it('say of a date that was agreed inside the limit that cancelling costs already', () => {
    const order = { kind: 'scheduled', from: FROM, to: TO, backup: true, freeBefore: FROM - 1, late: true } as const;
    expect(said(render(order, 'en').text)).toContain('Cancelling it, or changing the date, is not free of charge');
    expect(said(render(order, 'fr').text)).toContain('L’annuler ou changer de date n’est plus sans frais');
    expect(said(render(order, 'fr').text)).not.toContain('Vous pouvez annuler');
  });

  it('say which date another one takes the place of', () => {
    const order = { kind: 'scheduled', from: FROM, to: TO, backup: true, wasFrom: FROM - 86_400_000 } as const;
    expect(said(render(order, 'en').text)).toContain('instead of Sunday 29 November 2026 at 10:00 (Paris time)');
    expect(said(render(order, 'fr').text)).toContain('au lieu du dimanche 29 novembre 2026 à 10:00 (heure de Paris)');
  });

  it('say last days as days', () => {
    const order = { kind: 'estimate', estimate: 'e', amounts: {}, expiresAt: Date.parse('2026-12-08T00:00:00+01:00') };
    const french = said(render(order as InterventionMailOrder, 'fr').text);
    expect(french).toContain('jusqu’au lundi 7 décembre 2026 inclus (heure de Paris)');
    const reminder = { kind: 'waitingReminder', waitingFor: 'approval', step: 1, since: FROM } as const;
    const reminded = renderInterventionMail(reminder, { ...facts('en'), expiresAt: order.expiresAt });
    expect(said(reminded.text)).toContain('up to and including Monday 7 December 2026 (Paris time)');
  });

  it('say why the provider cancels, and how much work may still be done', () => {
    expect(render(ORDERS[17] as InterventionMailOrder, 'en').text).toContain('> As <b>said</b>.');
    expect(said(render(ORDERS[5] as InterventionMailOrder, 'en').text)).toContain(
      'Work that it still pays for: 35 min.',
    );
    expect(said(render(ORDERS[5] as InterventionMailOrder, 'fr').text)).toContain('Travail encore couvert : 35 min.');
  });

  it('speak of the flat rate where nothing was approved beyond it', () => {
    const order = { kind: 'moreAsked', because: 'usedUp', used: {}, approved: {}, secondsLeft: 0 } as const;
    const [french, english] = (['fr', 'en'] as const).map((language) => said(render(order, language).text));
    expect(french).toContain('Le temps compris dans votre forfait est épuisé.');
    expect(french).toContain('reste dans la limite du forfait');
    expect(english).toContain('The time that your flat rate covers is used up.');
    expect(`${french}${english}`).not.toMatch(/approuvé|approved|aucune unité/);
  });

  it('say that another date was wished, where that counted as cancelling', () => {
    const order = { kind: 'cancelled', by: 'customer', otherDate: true, cost: COST } as const;
    expect(said(render(order, 'fr').text)).toContain('Vous avez souhaité une autre date.');
    expect(said(render(order, 'fr').text)).not.toContain('Comme vous l’avez demandé');
    expect(said(render(order, 'en').text)).toContain('this counts as cancelling');
  });

  it('say of work out of hours that it is billed apart, and speak of no units', () => {
    const order = { kind: 'report', text: 't', seconds: 5_700, used: {}, returned: {} } as const;
    const french = said(renderInterventionMail(order, facts('fr', { onCall: true })).text);
    expect(french).toContain('Hors des heures d’ouverture : commandé et facturé à part, rien n’est débité');
    expect(french).not.toMatch(/Débité pour|Rendu|relevé/);
  });

  it('name no day that a reminder may be wrong about', () => {
    const { subject } = render({ kind: 'dayBefore', from: FROM, to: TO, backup: true }, 'en');
    expect(subject).toContain('Reminder of your intervention');
  });

  it('tell staff which date the customer has chosen, and who they are', () => {
    const order = { kind: 'interventionNews', news: 'dateChanged', from: FROM, wasFrom: FROM - 86_400_000 } as const;
    const text = said(render(order, 'fr').text);
    expect(text).toContain('Nouvelle date : lundi 30 novembre 2026 à 10:00 (heure de Paris), au lieu du dimanche 29');
    expect(text).toContain('Payer <b> <p@x.test>');
  });

  it('say that work already done is debited when the provider cancels after some of it', () => {
    const cancelled = (used: UnitAmounts, language: 'fr' | 'en') =>
      said(render({ kind: 'cancelled', by: 'provider', cost: { ...COST, free: true, lost: {}, used } }, language).text);
    expect(cancelled({ ticket: 1 }, 'fr')).toContain('Seul le travail déjà fait est débité.');
    expect(cancelled({ ticket: 1 }, 'en')).toContain('Only the work already done is debited.');
    expect(cancelled({}, 'fr')).toContain('Vous ne perdez aucune unité.');
  });

  it('say amounts by the words of the contract, and money', () => {
    const cancelled = said(render(ofKind('cancelled'), 'fr').text);
    expect(cancelled).toContain('Perdu : 2 × ticket prépayé');
    expect(cancelled).toContain('Frais dus, hors taxes : 45,50 €');
    const onCall = renderInterventionMail(
      { kind: 'estimate', estimate: 'e', amounts: {} },
      {
        ...facts('en'),
        estimate: { scope: 'At night', prerequisites: [], limits: [], deliverables: [], onCall: true },
      },
    );
    expect(said(onCall.text)).toContain('ordered and billed apart, nothing is debited');
  });

  it('bring the report of a visit with all that its module delivers', () => {
    const order = ORDERS.find((one) => one.kind === 'report' && one.actionPlan !== undefined) ?? expect.unreachable();
    const french = said(renderInterventionMail(order, facts('fr', { actionPlan: 'Remplacer <le> disque.' })).text);
    expect(french).toContain('Le plan d’action que nous vous proposons : > Remplacer <le> disque.');
    expect(french).toContain('Indice de qualité : 0 sur 100');
    expect(french).toContain('Temps passé : 1 h 15 min - Dont compris dans le forfait : 1 h');
    const english = said(renderInterventionMail(order, facts('en', { actionPlan: 'Replace <the> disk.' })).text);
    expect(english).toContain('The action plan that we propose: > Replace <the> disk.');
    expect(english).toContain('Quality index: 0 out of 100');
  });

  it('are marked as automatic where a machine wrote them', () => {
    const automatic = ORDERS.filter(isAutomaticInterventionMail).map(({ kind }) => kind);
    expect(new Set(automatic)).toEqual(
      new Set([
        'orderNeeded',
        'moreAsked',
        'waitingReminder',
        'estimateExpired',
        'dayBefore',
        'cancelled',
        'interventionTask',
        'interventionNews',
      ]),
    );
    const byPeople = ORDERS.filter((order) => !isAutomaticInterventionMail(order)).map(({ kind }) => kind);
    expect(byPeople).toEqual(expect.arrayContaining(['moreAsked', 'cancelled', 'estimate', 'report']));
  });

  it('promise the caller no free minutes that the contract has not', () => {
    const alert = (language: 'fr' | 'en') =>
      said(renderCallAlert('freeMinutesEnd', { ...facts(language), hasFreeMinutes: false }).text);
    expect(alert('fr')).toContain('décompté en unités dès la première minute');
    expect(alert('en')).toContain('counted in units from its first minute');
    expect(alert('fr')).not.toContain('cinq minutes');
  });

  it.each(['fr', 'en'] as const)('alert the agent of a call in %s', (language) => {
    for (const because of ['freeMinutesEnd', 'creditLacking'] as const) {
      const { subject, text, html } = renderCallAlert(because, { ...facts(language), hasFreeMinutes: true });
      expect(subject).toContain('DA-2026-000001');
      expect(text).toContain('Payer <b>');
      expect(html).not.toMatch(/<new>|<b>|<script/);
      const other = renderCallAlert(because, { ...facts(language === 'fr' ? 'en' : 'fr'), hasFreeMinutes: true });
      expect([other.subject, other.text]).not.toEqual([subject, text]);
      const words = language === 'fr' ? /\b(the|call|and|agent|free)\b/i : /\b(le|la|appel|minutes comprises)\b/i;
      expect(said(`${subject} ${text}`)).not.toMatch(words);
    }
  });
});
