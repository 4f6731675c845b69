import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEscalationMailActivities } from '../../activities/escalationMail.ts';
import { publisherSupport } from '../../contracts/templates/publisherSupport.ts';
import { findActionToken, readEscalationThread } from '../../db/escalationMails.ts';
import { readThread } from '../../db/mailFacts.ts';
import { readCorrespondence } from '../../db/mailReading.ts';
import { findOutboundMail } from '../../db/outboundMails.ts';
import type { EscalationMailOrder } from '../../domain/escalation/effects.ts';
import type { EscalationPackage } from '../../domain/escalation/package.ts';
import { referenceOf } from '../../domain/escalation/reference.ts';
import { parseActionAddress, verifyActionToken } from '../../mail/tokens.ts';
import { type AttachedFile, createMailTransport } from '../../mail/transport.ts';
import type { SendEscalationMail } from '../../workflows/escalationMessages.ts';
import type { MailOutcome } from '../../workflows/messages.ts';
import { activityEnvironment, createMailWorld, MAIL_KEYS, type MailWorld } from '../support/mailWorld.ts';

const SENT_AT = Date.parse('2026-11-18T14:30:00+01:00');
const ESCALATED: EscalationMailOrder = { kind: 'escalated', priority: 'p2' };
const FILES: { [id: string]: AttachedFile } = {
  f1: { name: 'exemple étrange.pdf', type: 'application/pdf', content: Buffer.from('%PDF-1.7 example') },
  big: { name: 'trace.zip', type: 'application/zip', content: Buffer.alloc(11 * 1024 * 1024, 1) },
};
const PACKAGE: EscalationPackage = {
  problem: { given: 'L’export <PDF> échoue.' },
  tried: { given: 'Redémarrage, autre poste.' },
  steps: { given: '1. Ouvrir\n2. Exporter' },
  errorMessages: { given: 'E-4711' },
  documents: { given: 'doc-77' },
  exampleFile: { files: ['f1'] },
  remoteAccess: { notApplicable: 'reproduit chez nous' },
  environmentUnchanged: { given: 'Oui' },
};

let world: MailWorld;
let n = 0;
let id: `escalation:${string}:${number}`;

beforeAll(async () => {
  world = await createMailWorld();
  await world.sql(
    `INSERT INTO publishers (id, name, email, language) VALUES ('softco', 'SoftCo', 'support@softco.example', 'en')`,
  );
  await world.sql(
    `INSERT INTO contracts (reference, family, customer, zone, publisher)
     VALUES ('C-1', 'C', 'Distribution Martin', 'Europe/Paris', 'softco')`,
  );
  await world.sql(
    `INSERT INTO contract_terms (contract, version, effective_from, terms) VALUES ('C-1', 1, '2026-01-01', $1)`,
    [JSON.stringify(publisherSupport({ customer: 'Distribution Martin', provider: 'SoftCo' }))],
  );
  await world.sql(
    `INSERT INTO contacts (id, contract, name, email, language, trained)
     VALUES ('ref', 'C-1', 'Robin Référent', 'robin@martin.example', 'fr', true)`,
  );
});
afterAll(async () => {
  await world?.close();
});
beforeEach(async () => {
  await world.openRequest();
  n = 1;
  id = `escalation:${world.number}:${n}`;
  await escalate(id, 1);
});

async function escalate(escalation: string, count: number, parts = PACKAGE): Promise<void> {
  await world.sql(
    `INSERT INTO escalations (id, request, n, contract, terms_version, publisher, stage, parts, priority, referent, drafted_by, status)
     VALUES ($1, $2, $3, 'C-1', 1, 'softco', 'sent', $4, 'p2', 'ref', 'staff:a1', 'sent')`,
    [escalation, world.number, count, JSON.stringify(parts)],
  );
}

async function send(order: EscalationMailOrder, key: string, of = id): Promise<MailOutcome> {
  const transport = createMailTransport(`smtp://127.0.0.1:${world.smtpPort}`);
  const { sendEscalationMail } = createEscalationMailActivities({
    pool: world.pool,
    transport,
    tokenKeys: MAIL_KEYS,
    sender: { name: 'Service d’assistance', domain: 'support.example' },
    staffAlerts: { address: 'alerts@support.example', language: 'fr' },
    logger: { warn: () => undefined, error: () => undefined },
    files: async (ids) => ids.flatMap((one) => FILES[one] ?? []),
  });
  const sending = activityEnvironment().run<[SendEscalationMail], MailOutcome, typeof sendEscalationMail>(
    sendEscalationMail,
    { key, escalation: of, order },
  );
  return await sending.finally(() => transport.close());
}

const taken = () => world.mails().filter(({ headers }) => headers['x-relance-escalation'] === id);
const keyOf = (seq: number) => `${id}:mail:${seq}`;

describe('the mail with the package', () => {
  it('is sent once, however often it is ordered and by however many', async () => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => send(ESCALATED, keyOf(1))));
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await send(ESCALATED, keyOf(1))).result).toBe('accepted');
    expect(taken()).toHaveLength(1);
  });

  it('has each part, the example file itself, the priority with its meaning, and who sends it', async () => {
    await send(ESCALATED, keyOf(1));
    const [mail] = taken();
    expect(mail).toMatchObject({
      to: 'support@softco.example',
      subject: `[${referenceOf(id, null)}] Escalation – Priority 2`,
    });
    const text = (mail?.text ?? '').replace(/\s+/g, ' ');
    for (const said of [
      '> L’export <PDF> échoue.',
      '> 2. Exporter',
      'E-4711',
      'doc-77',
      'Robin Référent',
      referenceOf(id, null),
    ]) {
      expect(text).toContain(said);
    }
    expect(text).toContain('not applicable. Reason: reproduit chez nous');
    expect(text).toContain('Degraded: one or more features are affected.');
    expect(text).toContain('Distributor: Distribution Martin');
    expect(mail?.attachments).toEqual([
      {
        name: 'exemple étrange.pdf',
        type: 'application/pdf',
        size: 16,
        sha256: createHash('sha256').update('%PDF-1.7 example').digest('hex'),
      },
    ]);
    expect(mail?.headers['auto-submitted']).toBeUndefined();
  });

  it('says nothing of the customer', async () => {
    await send(ESCALATED, keyOf(1));
    const [mail] = taken();
    for (const part of [mail?.subject, mail?.text, mail?.html, mail?.rawHeaders]) {
      expect(part).not.toMatch(/Valombre|Camille|Roux|Impression impossible|Mairie/);
    }
  });

  it('offers an address for each action, signed and known, and takes plain replies as notes', async () => {
    await send(ESCALATED, keyOf(1));
    const [mail] = taken();
    expect(mail?.actions.map(({ action }) => action)).toEqual([
      'acknowledge',
      'ask',
      'deliverWorkaround',
      'deliverFix',
    ]);
    const note = parseActionAddress(mail?.replyTo.split('@')[0] ?? '');
    expect(note?.action).toBe('note');
    const offered = (mail?.actions ?? []).map(({ address }) => parseActionAddress(address.split('@')[0] ?? ''));
    for (const one of [note, ...offered]) {
      const { action = 'note', token = '' } = one ?? {};
      expect(await findActionToken(world.pool, token)).toEqual({ mail: keyOf(1), action });
      expect(verifyActionToken(MAIL_KEYS, token, { escalation: id, publisher: 'softco', mail: keyOf(1), action })).toBe(
        true,
      );
      if (action !== 'note') expect(mail?.html).toContain(`.${token}@support.example`);
    }
    expect(mail?.html).toContain('mailto:sr%2Back.');
    expect(mail?.envelopeFrom).toMatch(/^bounce\+[a-z2-7]{24}@support\.example$/);
  });

  it('leaves a file that is too large to the API, and says so', async () => {
    const other = `escalation:${world.number}:2` as const;
    await escalate(other, 2, { ...PACKAGE, exampleFile: { files: ['big', 'f1'] } });
    await send(ESCALATED, `${other}:mail:1`, other);
    const mail = world.mails().find(({ headers }) => headers['x-relance-escalation'] === other);
    expect(mail?.attachments.map(({ name }) => name)).toEqual(['exemple étrange.pdf']);
    expect(mail?.text).toContain('trace.zip: too large for this message (12 MB)');
  });

  it('is refused under a key that another mail has', async () => {
    await send(ESCALATED, keyOf(1));
    await expect(send({ kind: 'withdrawn' }, keyOf(1))).rejects.toMatchObject({ type: 'EffectConflict' });
  });
});

describe('mails that follow', () => {
  it('quote the SR once there is one, and offer no acknowledgement', async () => {
    await world.sql(`UPDATE escalations SET sr = 'SR-2026-000042', sr_issued_by = 'distributor' WHERE id = $1`, [id]);
    await send({ kind: 'provided', text: world.text }, keyOf(2));
    const [mail] = taken();
    expect(mail?.subject).toBe('[SR-2026-000042] Our answer to your question');
    expect(mail?.text).toContain('Reference: SR-2026-000042');
    expect(mail?.text).toContain('> Quel pilote utilisez-vous ?');
    expect(mail?.actions.map(({ action }) => action)).toEqual(['ask', 'deliverWorkaround', 'deliverFix']);
    expect(mail?.attachments).toEqual([]);
    await world.sql('UPDATE escalations SET sr = NULL, sr_issued_by = NULL WHERE id = $1', [id]);
  });

  it('thread among themselves, and the customer’s among themselves', async () => {
    await world.send({ kind: 'question', text: world.text, automatic: false });
    await send(ESCALATED, keyOf(1));
    await world.sql(
      `INSERT INTO inbound_mails (id, received_at, envelope_from, envelope_to, raw, content_hash, message_id, escalation,
         disposition, stage) VALUES ($1, now(), '', '{}', '', $2, '<reply@softco.example>', $3, 'publisherNote', 'relayed')`,
      [randomUUID(), Buffer.from(id), id],
    );
    await send({ kind: 'chaser', step: 1, sentAt: SENT_AT }, keyOf(2));
    const [chaser, first] = taken();
    expect(chaser?.references).toEqual([first?.messageId, '<reply@softco.example>']);
    world.nextKey();
    await world.send({ kind: 'question', text: world.text, automatic: false });
    const customers = world.mails().filter(({ to }) => to === world.contact.email);
    expect(customers[0]?.references).toEqual([customers[1]?.messageId]);
    const ours = new Set(taken().map(({ messageId }) => messageId));
    expect((await readThread(world.pool, world.number)).some((one) => ours.has(one))).toBe(false);
    expect(await readEscalationThread(world.pool, id)).toContain('<reply@softco.example>');
    for (const audience of ['customer', 'staff'] as const) {
      const shown = await readCorrespondence(world.pool, world.number, audience);
      expect(shown.map(({ kind }) => kind)).toEqual(['question', 'question']);
    }
  });

  it('a chaser is marked as automatic, and is not sent once the publisher has acknowledged', async () => {
    const chaser = { kind: 'chaser', step: 1, sentAt: SENT_AT } as const;
    await send(chaser, keyOf(1));
    expect(taken()[0]?.headers).toMatchObject({ 'auto-submitted': 'auto-generated' });
    expect(taken()[0]?.text.replace(/\s+/g, ' ')).toContain('Wednesday 18 November 2026 at 14:30 (Paris time)');
    await world.sql(`UPDATE escalations SET status = 'acknowledged' WHERE id = $1`, [id]);
    expect((await send({ ...chaser, step: 2 }, keyOf(2))).result).toBe('superseded');
    expect(taken()).toHaveLength(1);
  });

  it('offer nothing once the escalation is over', async () => {
    await send({ kind: 'accepted', of: 'fix', ends: true }, keyOf(3));
    expect(taken()[0]?.actions).toEqual([]);
    expect(parseActionAddress(taken()[0]?.replyTo.split('@')[0] ?? '')?.action).toBe('note');
  });
});

describe('mails to staff about an escalation', () => {
  const task: EscalationMailOrder = { kind: 'publisherTask', task: 'quote', exclusion: 'training' };

  it('go to the assignee, in their language, marked as automatic', async () => {
    await world.sql(`UPDATE requests SET assignee = 'staff:a1' WHERE number = $1`, [world.number]);
    await send(task, keyOf(4));
    const [mail] = taken();
    expect(mail).toMatchObject({ to: 'sacha@support.example', replyTo: 'sr@support.example', attachments: [] });
    expect(mail?.subject).toBe(`[${world.number}] Refused by the publisher: to be quoted – Impression impossible`);
    expect(mail?.text.replace(/\s+/g, ' ')).toContain('as not covered by the contract: Training.');
    expect(mail?.headers['auto-submitted']).toBe('auto-generated');
    expect(await findOutboundMail(world.pool, keyOf(4))).toMatchObject({ audience: 'staff', escalation: id });
  });

  it('else to the address for alerts', async () => {
    await send({ kind: 'publisherBreach', clock: 'resolution', dueAt: SENT_AT, priority: 'p2' }, keyOf(5));
    expect(taken()[0]).toMatchObject({ to: 'alerts@support.example' });
    expect(taken()[0]?.subject).toContain('Éditeur : échéance dépassée');
  });
});
