import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MailOrder } from '../../domain/effects.ts';
import { parseAddressedToken, verifyReplyToken } from '../../mail/tokens.ts';
import { createMailWorld, MAIL_KEYS, type MailWorld } from '../support/mailWorld.ts';

const SINCE = Date.parse('2026-11-18T14:30:00+01:00');

let world: MailWorld;

beforeAll(async () => {
  world = await createMailWorld();
});
afterAll(async () => {
  await world?.close();
});
beforeEach(async () => {
  await world.openRequest();
});

const question = (): MailOrder => ({ kind: 'question', text: world.text, automatic: false });
const reminder: MailOrder = {
  kind: 'reminder',
  step: 1,
  waitingFor: 'information',
  waitingSince: SINCE,
  next: { what: 'reminder', at: SINCE + 2 * 86_400_000 },
};

describe('a mail', () => {
  it('is sent once, with the instant at which the server took it, however often it is ordered', async () => {
    const before = Date.now();
    const outcome = await world.send(question());
    expect(outcome.result).toBe('accepted');
    expect(outcome.at).toBeGreaterThanOrEqual(before);
    expect(outcome.at).toBeLessThanOrEqual(Date.now());
    expect(await world.send(question())).toEqual(outcome);
    expect(world.delivered()).toHaveLength(1);
    expect(await world.row()).toMatchObject({ attempts: 1, ended: { status: 'accepted', at: new Date(outcome.at) } });
  });

  it('is sent once when several attempts run at the same time', async () => {
    const order = question();
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => world.send(order)));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ nonRetryable: false });
    }
    expect((await world.send(order)).result).toBe('accepted');
    expect(world.delivered()).toHaveLength(1);
  });

  it('is refused under a key that another mail has, and never tried again', async () => {
    await world.send(question());
    await expect(world.send(reminder)).rejects.toMatchObject({ type: 'EffectConflict', nonRetryable: true });
    expect(world.delivered()).toHaveLength(1);
  });

  it('is the same mail whatever the order of its fields', async () => {
    await world.send({ kind: 'question', text: world.text, automatic: false });
    expect(await world.send({ automatic: false, text: world.text, kind: 'question' })).toMatchObject({
      result: 'accepted',
    });
  });

  it('says who writes, where answers and bounces go, and what it is about', async () => {
    await world.send(question());
    const [mail] = world.delivered();
    const stored = await world.row();
    const token = stored?.token ?? '';
    expect(mail).toMatchObject({
      to: world.contact.email,
      from: '"Service d’assistance" <sr@support.example>',
      replyTo: `sr+${token}@support.example`,
      envelopeFrom: `bounce+${token}@support.example`,
      subject: `[${world.number}] Impression impossible`,
      messageId: stored?.messageId,
      inReplyTo: '',
      references: [],
    });
    expect(mail?.headers['x-relance-request']).toBe(world.number);
    expect(mail?.headers['auto-submitted']).toBeUndefined();
    expect(mail?.text).toContain('> Quel pilote utilisez-vous ?');
    expect(mail?.html).toContain('Quel pilote utilisez-vous ?');
    expect(parseAddressedToken(mail?.replyTo.split('@')[0] ?? '')).toEqual({ to: 'reply', token });
    expect(
      verifyReplyToken(MAIL_KEYS, token, {
        number: world.number,
        recipient: `contact:${world.contact.id}`,
        mail: world.key,
      }),
    ).toBe(true);
    expect(stored).toMatchObject({ order: question(), audience: 'customer', kind: 'question', text: mail?.text });
  });

  it('is in the language of its contact', async () => {
    await world.openRequest('sam', 'en');
    await world.send({
      kind: 'receipt',
      priority: 'blocking',
      text: world.text,
      due: [{ clock: 'workaround', at: SINCE }],
    });
    expect(world.delivered()[0]?.text).toMatch(/We have received your support request[\s\S]*Priority: Blocking/);
  });

  it('says the words of the contract for an exclusion', async () => {
    await world.send({ kind: 'refusal', exclusion: 'notReproducible' });
    expect(world.delivered()[0]?.text.replace(/\s+/g, ' ')).toContain(
      'L’anomalie n’est pas répétitive et reproductible.',
    );
  });

  it('is marked as automatic when a machine wrote it; a receipt that answers a mail as a reply', async () => {
    await world.send({ kind: 'receipt', priority: 'blocking', text: world.text, due: [] });
    expect(world.delivered()[0]?.headers).toMatchObject({
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
    });
    await world.openRequest();
    const mail = randomUUID();
    await world.sql('UPDATE requests SET opening = $2 WHERE number = $1', [world.number, JSON.stringify({ mail })]);
    await world.receive({ disposition: null, at: Date.now(), id: mail, messageId: '<panne@valombre.example>' });
    await world.send({ kind: 'receipt', priority: 'blocking', text: world.text, due: [] });
    expect(world.delivered()[0]).toMatchObject({
      inReplyTo: '<panne@valombre.example>',
      headers: { 'auto-submitted': 'auto-replied' },
    });
  });

  it('hangs on the first mail, on our last and on the customer’s last, and on no stranger’s', async () => {
    await world.send({ kind: 'receipt', priority: 'blocking', text: world.text, due: [] });
    for (const order of [question(), question()]) {
      world.nextKey();
      await world.send(order);
    }
    await world.receive({ disposition: 'answer', at: Date.now() + 10, messageId: '<answer@valombre.example>' });
    await world.receive({ disposition: 'unverified', at: Date.now(), messageId: '<stranger@evil.example>' });
    world.nextKey();
    await world.send(question());
    const [last, second, , first] = world.delivered();
    expect(last?.inReplyTo).toBe('<answer@valombre.example>');
    expect(last?.references).toEqual([first?.messageId, second?.messageId, '<answer@valombre.example>']);
    expect(second?.references).toHaveLength(2);
  });

  it('reminds of the question that was asked', async () => {
    await world.send(question());
    world.nextKey();
    await world.send(reminder);
    expect(world.delivered()[0]?.text).toContain(
      'Pour mémoire, notre question\u00a0:\n\n> Quel pilote utilisez-vous ?',
    );
  });
});

describe('staff mails', () => {
  const breach: MailOrder = { kind: 'breach', clock: 'workaround', dueAt: SINCE, priority: 'blocking' };

  it('go to the assignee, in their language', async () => {
    await world.sql(`UPDATE requests SET assignee = 'staff:a1' WHERE number = $1`, [world.number]);
    await world.send(breach);
    expect(world.delivered()[0]).toMatchObject({ to: 'sacha@support.example', replyTo: 'sr@support.example' });
    expect(world.delivered()[0]?.subject).toContain('Overdue (Workaround)');
    expect(await world.row()).toMatchObject({ audience: 'staff', recipient: 'staff' });
  });

  it.each([null, 'staff:gone'])('go to the address for alerts when the assignee is %s', async (assignee) => {
    await world.sql('UPDATE requests SET assignee = $2 WHERE number = $1', [world.number, assignee]);
    await world.send(breach);
    expect(world.delivered()[0]?.to).toBe('alerts@support.example');
  });

  it('name the message that has to be looked at', async () => {
    const mail = randomUUID();
    const sender = 'camille@perso.example';
    await world.receive({ disposition: 'unverified', at: Date.now(), id: mail, sender, subject: 'Re: <b>' });
    await world.send({ kind: 'task', task: 'lookAtMessage', mail });
    expect(world.delivered()[0]?.text).toContain('Expéditeur annoncé\u00a0: camille@perso.example');
    expect(world.delivered()[0]?.html).toContain('Re: &#60;b&#62;');
  });
});
