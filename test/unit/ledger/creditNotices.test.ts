import { expect, it } from 'vitest';
import { CREDIT_NOTICES } from '../../../domain/ledger/watch.ts';
import { type CreditNoticeFacts, renderCreditNotice } from '../../../mail/templates/creditNotices.ts';

const FACTS: CreditNoticeFacts = {
  language: 'fr',
  name: 'Claire <Fictive>',
  contract: 'DEMO-PREPAID',
  customer: 'Atelier Exemple',
  signature: 'Support Exemple',
  portal: 'https://portal.test',
  label: { fr: 'ticket prépayé', en: 'prepaid ticket' },
  units: 4,
  available: 6,
  pending: 1,
  lastDay: '2027-03-01',
  orderForm: 'BC-1',
  cents: 40_000,
};

it('announces the last day, its end included, in both languages', () => {
  const french = renderCreditNotice('creditExpiring', FACTS);
  expect(french.subject).toBe('DEMO-PREPAID : des unités (ticket prépayé) expirent le 1er mars 2027');
  expect(french.text.replaceAll(/\s+/g, ' ')).toContain('sont utilisables jusqu’au 1er mars 2027 inclus');
  const english = renderCreditNotice('creditExpiring', { ...FACTS, language: 'en' });
  expect(english.subject).toBe('DEMO-PREPAID: units (prepaid ticket) end on 1 March 2027');
  expect(english.text.replaceAll(/\s+/g, ' ')).toContain('until 1 March 2027, to the end of that day');
});

it('says what a renewal costs', () => {
  const { text } = renderCreditNotice('creditRenewed', { ...FACTS, language: 'en', units: 16 });
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'the base of 16 has renewed, as the contract says. It will be invoiced: €400.00',
  );
});

it('asks for no order where the base renews by itself', () => {
  const base = { units: 16, cents: 40_000 };
  const said = (facts: object) => renderCreditNotice('creditLow', { ...FACTS, ...facts }).text.replaceAll(/\s+/g, ' ');
  expect(said({ language: 'en' })).toContain('a new order is needed first');
  expect(said({ language: 'en', base })).toContain('the base of 16 renews by itself, as the contract says');
  expect(said({ language: 'en', base })).not.toContain('order is needed');
  expect(said({ base })).toContain('Elle sera facturée 400,00 € hors taxes');
  expect(said({ base })).not.toContain('nouvelle commande');
});

it.each(CREDIT_NOTICES)('%s names contract, customer and balance, and lets nothing become markup', (kind) => {
  for (const language of ['fr', 'en'] as const) {
    const { subject, text, html } = renderCreditNotice(kind, { ...FACTS, language });
    for (const part of ['DEMO-PREPAID', 'Atelier Exemple', 'https://portal.test']) expect(text).toContain(part);
    expect(subject).not.toContain('undefined');
    expect(text).not.toContain('undefined');
    expect(html).not.toContain('<Fictive>');
  }
});
