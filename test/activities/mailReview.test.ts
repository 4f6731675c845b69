import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acceptMail, attachMail, dismissMail } from '../../client/mailReview.ts';
import { CLAIRE, createRelayWorld, DOMAIN, type Received, type RelayWorld } from '../support/relayWorld.ts';

let world: RelayWorld;
beforeAll(async () => {
  world = await createRelayWorld();
  world.startRelay();
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.door.away = undefined;
  await world.pool.query('DELETE FROM inbound_mails');
});

/** A waiting request on which a mail of this sender is held. */
async function held(from = 'max@customer.test'): Promise<{ number: string; mail: Received }> {
  const number = await world.openRequest();
  const sent = await world.ask(number);
  await world.deliver(world.answerTo(sent, { from }));
  const [mail] = await world.settled(1);
  if (!mail) throw new Error('no mail');
  expect((await world.state(number)).tasks).toHaveLength(1);
  return { number, mail };
}

async function unmatched(): Promise<Received> {
  await world.deliver({ from: 'eve@other.test', to: `sr@${DOMAIN}`, subject: 'Panne', text: 'Voir.' });
  const row = (await world.settled(1)).at(-1);
  if (!row) throw new Error('no mail');
  return row;
}

describe('accepting', () => {
  it('makes the mail the answer that it is, at the instant at which it was received', async () => {
    const { number, mail } = await held();
    const result = await acceptMail(world, mail.id, 'a1');
    expect(result).toEqual({ id: mail.id, disposition: 'accepted', number });
    const state = await world.state(number);
    expect(state).toMatchObject({ status: 'inProgress', tasks: [] });
    const { rows } = await world.pool.query(
      `SELECT at, who, channel, entered_by, mail_id FROM timeline WHERE number = $1 AND type = 'answered'`,
      [number],
    );
    // The mail was held at the same instant.
    const at = new Date(mail.received_at.getTime());
    expect(rows).toEqual([{ at, who: 'contact:max', channel: 'mail', entered_by: 'staff:a1', mail_id: mail.id }]);
    expect((await world.received())[0]).toMatchObject({ stage: 'relayed', disposition: 'accepted' });
  });

  it('takes a stranger’s mail as the word of the request’s contact', async () => {
    const { number, mail } = await held('eve@other.test');
    await acceptMail(world, mail.id, 'a1');
    const { rows } = await world.pool.query(`SELECT who FROM timeline WHERE number = $1 AND type = 'answered'`, [
      number,
    ]);
    expect(rows).toEqual([{ who: 'contact:claire' }]);
  });

  it('by two people is done once: the second is told', async () => {
    const { number, mail } = await held();
    const both = await Promise.allSettled([
      acceptMail(world, mail.id, 'a1'),
      dismissMail(world, mail.id, 'a2', 'spam'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [loser] = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(loser).toMatchObject({ type: 'Conflict' });
    expect((await world.state(number)).tasks).toEqual([]);
  });

  it('again by the same person yields the same', async () => {
    const { number, mail } = await held();
    const first = await acceptMail(world, mail.id, 'a1');
    expect(await acceptMail(world, mail.id, 'a1')).toEqual(first);
    expect((await world.timeline(number)).filter((type) => type === 'answered')).toHaveLength(1);
    await expect(dismissMail(world, mail.id, 'a1', 'no')).rejects.toMatchObject({ type: 'Conflict' });
  });

  it('is kept while Temporal is away, and delivered when it is back', async () => {
    const { number, mail } = await held();
    world.door.away = 'before';
    await expect(acceptMail(world, mail.id, 'a1')).rejects.toMatchObject({ name: 'Unavailable' });
    expect((await world.received())[0]).toMatchObject({ disposition: 'accepted', stage: 'received' });
    world.door.away = undefined;
    await world.pool.query('UPDATE inbound_mails SET next_attempt_at = now()');
    await world.settled(1);
    expect((await world.state(number)).status).toBe('inProgress');
    expect(await acceptMail(world, mail.id, 'a1')).toEqual({ id: mail.id, disposition: 'accepted', number });
  });

  it('opens a linked request when its own was closed too long ago', async () => {
    const { number, mail } = await held();
    const door = { ...world.door, answer: async () => 'expired' as const };
    const result = await acceptMail({ pool: world.pool, door }, mail.id, 'a1');
    expect(result).toMatchObject({ id: mail.id, disposition: 'opening' });
    expect(await world.state(result.number ?? '')).toMatchObject({ previous: number, contact: 'max' });
    expect(await acceptMail({ pool: world.pool, door }, mail.id, 'a1')).toEqual(result);
  });

  it('is refused for what needs no look, is unknown, or is of no request', async () => {
    const number = await world.openRequest();
    await world.deliver(world.answerTo(await world.ask(number)));
    const [answer] = await world.settled(1);
    await expect(acceptMail(world, answer?.id ?? '', 'a1')).rejects.toMatchObject({ type: 'Conflict' });
    const unknown = '00000000-0000-4000-8000-000000000000';
    await expect(acceptMail(world, unknown, 'a1')).rejects.toMatchObject({ type: 'NotFound' });
    await expect(acceptMail(world, 'not an id', 'a1')).rejects.toMatchObject({ type: 'NotFound' });
    await world.pool.query('DELETE FROM inbound_mails');
    const stray = await unmatched();
    await expect(acceptMail(world, stray.id, 'a1')).rejects.toMatchObject({ type: 'ValidationFailed' });
  });
});

describe('attaching', () => {
  it('files an unmatched mail on a request, and moves nothing unless it counts', async () => {
    const number = await world.openRequest();
    await world.ask(number);
    const mail = await unmatched();
    const result = await attachMail(world, mail.id, number, 'a1', { counts: false });
    expect(result).toEqual({ id: mail.id, disposition: 'attached', number });
    expect((await world.state(number)).status).toBe('waiting');
  });

  it('with counting makes it the answer', async () => {
    const number = await world.openRequest();
    await world.ask(number);
    const mail = await unmatched();
    await attachMail(world, mail.id, number, 'a1', { counts: true });
    expect((await world.state(number)).status).toBe('inProgress');
  });

  it('to another request lets go the one that held it', async () => {
    const { number, mail } = await held();
    const other = await world.openRequest();
    await world.ask(other);
    await attachMail(world, mail.id, other, 'a1', { counts: true });
    expect(await world.state(number)).toMatchObject({ status: 'waiting', tasks: [] });
    expect((await world.state(other)).status).toBe('inProgress');
  });

  it('to nothing is refused, and the mail stays held', async () => {
    const { number, mail } = await held();
    await expect(attachMail(world, mail.id, 'DA-1999-000001', 'a1', { counts: true })).rejects.toMatchObject({
      type: 'NotFound',
    });
    expect((await world.state(number)).tasks).toHaveLength(1);
    expect((await world.received())[0]).toMatchObject({ disposition: 'unverified' });
  });
});

describe('dismissing', () => {
  it('lets the request go on, with the reason kept', async () => {
    const { number, mail } = await held();
    expect(await dismissMail(world, mail.id, 'a1', 'Not his request')).toEqual({
      id: mail.id,
      disposition: 'dismissed',
      number,
    });
    expect(await world.state(number)).toMatchObject({ status: 'waiting', tasks: [] });
    expect(await world.timeline(number)).toContain('messageDismissed');
    const { rows } = await world.pool.query('SELECT dismissed_because, looked_by FROM inbound_mails');
    expect(rows).toEqual([{ dismissed_because: 'Not his request', looked_by: 'staff:a1' }]);
  });

  it('of an unmatched mail needs no request', async () => {
    const mail = await unmatched();
    expect(await dismissMail(world, mail.id, 'a1', 'Spam')).toEqual({ id: mail.id, disposition: 'dismissed' });
  });

  it('makes copies that come later nothing', async () => {
    const { number, mail } = await held();
    await dismissMail(world, mail.id, 'a1', 'Not his request');
    const { rows } = await world.pool.query('SELECT raw, envelope_to FROM inbound_mails');
    await world.deliver({ envelope: { from: CLAIRE, to: rows[0]?.envelope_to }, raw: rows[0]?.raw });
    expect((await world.settled(2))[1]).toMatchObject({ disposition: 'duplicate' });
    expect((await world.state(number)).tasks).toEqual([]);
  });
});
