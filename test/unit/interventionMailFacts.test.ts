/** What mails of interventions say beyond their orders: travel, dates, expenses, what is not covered. */
import { describe, expect, it } from 'vitest';
import type { InterventionMailOrder } from '../../domain/intervention/effects.ts';
import type { InterventionFacts } from '../../mail/templates/interventionFacts.ts';
import { renderInterventionMail } from '../../mail/templates/interventionMails.ts';

const FROM = Date.parse('2026-11-30T09:00:00Z');
const TO = Date.parse('2026-11-30T10:30:00Z');
const COST = { free: false, lost: { ticket: 2 }, used: { ticket: 1 }, returned: {}, expensesDue: 4_550 };
const ORDERS: readonly InterventionMailOrder[] = [
  { kind: 'estimate', estimate: 'e', amounts: { ticket: 3 }, expiresAt: TO },
  { kind: 'cancelled', by: 'customer', cost: COST },
  { kind: 'report', text: 't', seconds: 3_600, used: { ticket: 1 }, returned: { ticket: 2 } },
];
const LABELS = { fr: 'ticket prépayé', en: 'prepaid ticket' } as const;

const facts = (language: 'fr' | 'en', more: Partial<InterventionFacts> = {}): InterventionFacts => ({
  ...{ number: 'DA-2026-000001', subject: 'A new server', intervention: 'intervention:DA-2026-000001:1', language },
  ...{ zone: 'Europe/Paris', signature: 'Support', contract: 'C-1', customer: 'Customer' },
  ...{ contact: { name: 'Payer', email: 'p@x.test' }, units: { ticket: LABELS[language] }, text: 'As said.' },
  estimate: { scope: 'All of it', prerequisites: [], limits: [], deliverables: [], onCall: false },
  ...more,
});
/** Text as it was before it was wrapped. */
const said = (text: string) => text.replace(/[\s\u00a0]+/g, ' ');
const ofKind = (kind: InterventionMailOrder['kind']) =>
  ORDERS.find((order) => order.kind === kind) ?? expect.unreachable();

describe('mails of interventions', () => {
  it('do not say that a visit is covered to which nothing of its module was left', () => {
    const task = (language: 'fr' | 'en', isUncovered: boolean) =>
      said(
        renderInterventionMail({ kind: 'interventionTask', task: 'agreeDate' }, facts(language, { isUncovered })).text,
      );
    expect(task('fr', true)).toContain('déjà pris par une autre visite');
    expect(task('en', true)).toContain('Another visit has taken the time');
    expect(task('en', true)).not.toContain('covered by the flat rate');
    expect(task('en', false)).toContain('covered by the flat rate');
  });

  it('say which date is cancelled: a request may have several interventions', () => {
    const planned = { from: FROM, to: TO };
    const [fr, en] = (['fr', 'en'] as const).map((language) =>
      said(renderInterventionMail(ofKind('cancelled'), facts(language, { planned })).text),
    );
    expect(fr).toContain('- Date prévue : le lundi 30 novembre 2026 de 10:00 à 11:30 (heure de Paris)');
    expect(en).toContain('- Planned date: on Monday 30 November 2026 from 10:00 to 11:30 (Paris time)');
    expect(said(renderInterventionMail(ofKind('cancelled'), facts('en')).text)).not.toContain('Planned date');
  });

  it('say of an estimate what is travel, that it is on site, and which one it replaces', () => {
    const [fr, en] = (['fr', 'en'] as const).map((language) => {
      const { estimate = expect.unreachable(), ...rest } = facts(language);
      const travel = { onSite: true, trips: { count: 1, unit: 'ticket', units: 4 } };
      const mail = renderInterventionMail(ofKind('estimate'), {
        ...rest,
        estimate: { ...estimate, travel, replaces: FROM },
      });
      return said(mail.text);
    });
    expect(fr).toContain('- Dont déplacements : 1 aller-retour (4 × ticket prépayé) - Lieu : sur site');
    expect(fr).toContain('Elle remplace celle du lundi 30 novembre 2026 à 10:00 (heure de Paris)');
    expect(en).toContain('- Of it, travel: 1 return trip (4 × prepaid ticket) - Place: on site');
    expect(en).toContain('It takes the place of the one of Monday 30 November 2026 at 10:00 (Paris time)');
    const plain = said(renderInterventionMail(ofKind('estimate'), facts('en')).text);
    expect(plain).not.toMatch(/travel|takes the place|on site/);
  });

  it('tell in a report the expenses that come on top of the units, and nothing where there are none', () => {
    const report = ofKind('report');
    const [fr, en] = (['fr', 'en'] as const).map((language) =>
      said(renderInterventionMail(report, facts(language, { expensesDue: 12_345 })).text),
    );
    expect(fr).toContain('Frais dus, hors taxes : 123,45 €');
    expect(en).toContain('Expenses due, excluding VAT: €123.45');
    expect(said(renderInterventionMail(report, facts('en', { expensesDue: 0 })).text)).not.toContain('Expenses');
  });
});
