import { describe, expect, it } from 'vitest';
import { ESCALATION_MAIL_KINDS, type EscalationMailOrder } from '../../domain/escalation/effects.ts';
import { type EscalationPackage, PACKAGE_PARTS } from '../../domain/escalation/package.ts';
import {
  actionsAfter,
  isAutomaticEscalationMail,
  isStaffOrder,
  renderEscalationStaffMail,
  renderPublisherMail,
} from '../../mail/templates/publisherMails.ts';

const at = Date.parse('2026-11-23T14:30:00+01:00');
const TASKS = [
  'answerPublisher',
  'lookAtMessage',
  'publisherSilent',
  'correctAddress',
  'quote',
  'settlePriority',
  'effectConflict',
] as const;
const ORDERS: readonly EscalationMailOrder[] = [
  { kind: 'escalated', priority: 'p2' },
  { kind: 'chaser', step: 1, sentAt: at },
  { kind: 'chaser', step: 3, sentAt: at },
  { kind: 'provided', text: 't' },
  ...(['fix', 'workaround'] as const).flatMap((of): EscalationMailOrder[] => [
    { kind: 'accepted', of, ends: true },
    { kind: 'accepted', of, ends: false },
    { kind: 'rejected', of, text: 't', dueAt: at },
    { kind: 'rejected', of },
  ]),
  { kind: 'withdrawn', text: 't' },
  { kind: 'priority', priority: 'p1', agreed: true },
  { kind: 'priority', priority: 'p1', agreed: false, text: 't' },
  { kind: 'publisherWarning', clock: 'resolution', dueAt: at, priority: 'p2' },
  { kind: 'publisherBreach', clock: 'resolution', dueAt: at, priority: 'p2' },
  ...TASKS.map((task): EscalationMailOrder => ({ kind: 'publisherTask', task, exclusion: 'training', text: 't' })),
];
const PARTS: EscalationPackage = {
  problem: { given: 'It <b>fails</b>' },
  tried: { given: 'restarted' },
  steps: { given: 'open\nexport' },
  errorMessages: { notApplicable: 'none shown\r\nBcc: x@evil.example' },
  documents: { given: 'doc 77 of Ann' },
  exampleFile: { files: ['f1', 'f2'] },
  remoteAccess: { given: 'by TeamViewer' },
  environmentUnchanged: { given: 'yes' },
};
const TOKEN = 'a'.repeat(24);

function render(order: EscalationMailOrder, language: 'fr' | 'en', text = 'Line <one> & two') {
  const common = {
    reference: 'SR-2026-000042',
    language,
    zone: 'Europe/Paris',
    signature: 'Service d’assistance',
    contract: 'C-2026-01',
    priority: { label: 'P2', meaning: 'Degraded.' },
    text,
  };
  if (isStaffOrder(order)) {
    return renderEscalationStaffMail(order, {
      ...common,
      number: 'DA-2026-004217',
      subject: 'Impression impossible',
      publisher: 'SoftCo',
      exclusion: 'Training.',
      message: { sender: 'kim@softco.example', subject: 'Re: <script>' },
    });
  }
  return renderPublisherMail(order, {
    ...common,
    distributor: 'Distribution Martin',
    referent: 'Robin',
    parts: PARTS,
    files: [
      { name: 'a.pdf', size: 1_234_000, attached: true },
      { name: '<script>.zip', size: 900, attached: false },
    ],
    actions: actionsAfter(order, false).map((action) => ({ action, address: `sr+x.${TOKEN}@support.example` })),
  });
}

const CASES = ORDERS.flatMap((order) => (['fr', 'en'] as const).map((language) => ({ order, language })));

describe('every mail of an escalation', () => {
  it('is among the cases below', () => {
    expect(new Set(ORDERS.map(({ kind }) => kind))).toEqual(new Set(ESCALATION_MAIL_KINDS));
  });

  it.each(CASES)('$order.kind in $language says only what a reader understands', ({ order, language }) => {
    const { subject, text, html } = render(order, language, '<script>alert(1)</script>');
    for (const part of [subject, text, html]) {
      expect(part).not.toMatch(/undefined|null|NaN|\[object|Invalid Date/);
      expect(part).not.toMatch(/\b\d{12,}\b/);
      expect(part).not.toMatch(/answerPublisher|lookAtMessage|publisherSilent|settlePriority|deliverFix/);
      expect(part).toMatch(/SR-2026-000042|DA-2026-004217/);
    }
    expect(text).toContain('SR-2026-000042');
    expect(html).not.toMatch(/<script|<img|<link|https?:/i);
    expect(html).toContain(`<html lang="${language}">`);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text.split('\n').every((line) => line === '-- ' || line === line.trimEnd())).toBe(true);
  });

  it.each(CASES.filter(({ order }) => !isStaffOrder(order)))(
    '$order.kind in $language quotes the SR in its subject, and names the distributor',
    ({ order, language }) => {
      const { subject, text } = render(order, language);
      expect(subject).toMatch(/^\[SR-2026-000042\] \S/);
      expect(text).toContain('Distribution Martin');
      expect(text).not.toMatch(/Impression impossible|DA-2026-004217/);
    },
  );

  it.each(['fr', 'en'] as const)('the package in %s has every part, given or not applicable', (language) => {
    const { text, html } = render({ kind: 'escalated', priority: 'p2' }, language);
    const given = Object.values(PARTS).flatMap((part) => ('given' in part ? part.given.split('\n') : []));
    for (const line of given) expect(text).toContain(`> ${line}`);
    expect(PACKAGE_PARTS).toHaveLength(8);
    expect(text.replace(/\s+/g, ' ')).toMatch(
      /(sans objet|not applicable)\. (Motif|Reason)\s?: none shown Bcc: x@evil/,
    );
    expect(text).toMatch(/a\.pdf\s?: (joint à ce message \(1,2 Mo\)|attached to this message \(1\.2 MB\))/);
    expect(text).toMatch(/900 (octets|bytes)/);
    expect(html).toContain('&#60;b&#62;fails');
  });

  it.each(['fr', 'en'] as const)('actions in %s are links in HTML and addresses in text', (language) => {
    const { text, html, subject } = render({ kind: 'escalated', priority: 'p2' }, language);
    expect(text.match(/sr\+x\.a{24}@support\.example/g)).toHaveLength(4);
    const links = html.match(/href="[^"]*"/g) ?? [];
    expect(links).toHaveLength(4);
    const link = new URL((links[0] ?? '').slice(6, -1).replace(/&#38;/g, '&'));
    expect(decodeURIComponent(link.pathname)).toBe(`sr+x.${TOKEN}@support.example`);
    expect(link.searchParams.get('subject')).toBe(subject);
  });

  it('a machine’s are marked as such: chasers and alerts, not what a person wrote', () => {
    const automatic = new Set(ORDERS.filter(isAutomaticEscalationMail).map(({ kind }) => kind));
    expect(automatic).toEqual(new Set(['chaser', 'publisherWarning', 'publisherBreach', 'publisherTask']));
  });
});

describe('what is offered', () => {
  it('an acknowledgement until there is one', () => {
    expect(actionsAfter({ kind: 'escalated', priority: 'p2' }, false)).toContain('acknowledge');
    expect(actionsAfter({ kind: 'priority', priority: 'p2', agreed: true }, true)).not.toContain('acknowledge');
  });

  it('nothing when the escalation is over, a fix after a workaround for the time being', () => {
    expect(actionsAfter({ kind: 'withdrawn' }, false)).toEqual([]);
    expect(actionsAfter({ kind: 'accepted', of: 'workaround', ends: true }, true)).toEqual([]);
    expect(actionsAfter({ kind: 'accepted', of: 'workaround', ends: false }, true)).toContain('deliverFix');
  });
});
