import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acceptMail, attachMail, attachMailToEscalation, dismissMail } from '../../client/mailReview.ts';
import { listInboundMails } from '../../db/mailReading.ts';
import { createPublisherWorld, KIM, type PublisherWorld } from '../support/publisherWorld.ts';
import { CLAIRE, DOMAIN, type Received } from '../support/relayWorld.ts';

let world: PublisherWorld;
beforeAll(async () => {
  world = await createPublisherWorld();
  world.startRelay({ escalations: world.escalations });
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.pool.query('DELETE FROM inbound_mails');
});

const toldOf = () => world.told.map(({ what }) => what);

/** A mail that is held on an escalation. */
async function held(from = KIM) {
  const { id, number, sent } = await world.openEscalation();
  await world.deliver({ from, to: sent.to.note, subject: `Re: ${sent.subject}`, text: 'It depends on the version.' });
  const [mail] = await world.settled(1);
  if (!mail) throw new Error('no mail');
  expect(toldOf().at(-1)).toBe('holdMessage');
  world.told.length = 0;
  return { id, number, mail };
}

const row = async ({ id }: Received) =>
  (
    await world.pool.query(
      'SELECT stage, disposition, number, escalation, looked_by FROM inbound_mails WHERE id = $1',
      [id],
    )
  ).rows[0];

describe('a held mail of a publisher', () => {
  it('waits for a look, and is found by its escalation', async () => {
    const { id, mail } = await held();
    const listed = await listInboundMails(world.pool, { escalation: id, toLookAt: true, limit: 10 });
    expect(listed).toMatchObject([
      { id: mail.id, escalation: id, publisherPerson: 'kim', disposition: 'publisherNote' },
    ]);
  });

  it('accepted is a note of the publisher’s, once', async () => {
    const { id, number, mail } = await held();
    const before = await world.timeline(number);
    expect(await acceptMail(world, mail.id, 'a1')).toEqual({ id: mail.id, disposition: 'accepted' });
    await acceptMail(world, mail.id, 'a1');
    expect(toldOf()).toEqual(['note', 'dismissMessage']);
    expect(world.told[0]).toMatchObject({
      escalation: id,
      payload: { mail: mail.id, who: 'publisher:kim', enteredBy: 'staff:a1', receivedAt: mail.received_at.getTime() },
    });
    expect(await row(mail)).toMatchObject({ stage: 'relayed', disposition: 'accepted', number: null, escalation: id });
    expect(await world.timeline(number)).toEqual(before);
    await expect(dismissMail(world, mail.id, 'a2', 'no')).rejects.toMatchObject({ type: 'Conflict' });
  });

  it('accepted from a stranger is a note of the person who let it count', async () => {
    const { mail } = await held('kim@home.test');
    await acceptMail(world, mail.id, 'a1');
    expect(world.told[0]).toMatchObject({ what: 'note', payload: { who: 'staff:a1', mail: mail.id } });
  });

  it('dismissed leaves the escalation as it was', async () => {
    const { mail } = await held();
    expect(await dismissMail(world, mail.id, 'a1', 'advertising')).toMatchObject({ disposition: 'dismissed' });
    expect(world.told).toMatchObject([{ what: 'dismissMessage', payload: { mail: mail.id, who: 'staff:a1' } }]);
    expect(await listInboundMails(world.pool, { toLookAt: true, limit: 10 })).toEqual([]);
  });

  it.each([true, false])('is never attached to the customer’s request (counting: %s)', async (counts) => {
    const { number, mail } = await held();
    await expect(attachMail(world, mail.id, number, 'a1', { counts })).rejects.toMatchObject({
      type: 'Conflict',
    });
    expect(await row(mail)).toMatchObject({ disposition: 'publisherNote', looked_by: null });
  });

  it('of a customer who wrote there by mistake can be attached to their request', async () => {
    const { id, number, mail } = await held(CLAIRE);
    await world.ask(number);
    expect(await attachMail(world, mail.id, number, 'a1', { counts: true })).toMatchObject({ disposition: 'accepted' });
    expect(toldOf()).toEqual(['dismissMessage']);
    expect(world.told[0]?.escalation).toBe(id);
    expect(await row(mail)).toMatchObject({ disposition: 'accepted', number, escalation: null });
    expect((await world.state(number)).status).not.toBe('waiting');
  });
});

describe('a publisher’s mail that names no escalation', () => {
  async function unnamed(from = KIM) {
    const { id, number } = await world.openEscalation();
    await world.deliver({ from, to: `sr@${DOMAIN}`, subject: 'About your printer problem', text: 'Restart it.' });
    const [mail] = await world.settled(1);
    if (!mail) throw new Error('no mail');
    world.told.length = 0;
    return { id, number, mail };
  }

  it('is attached to one by staff, as the publisher’s note, once', async () => {
    const { id, mail } = await unnamed();
    expect(await row(mail)).toMatchObject({ disposition: 'unmatched', escalation: null });
    expect(await attachMailToEscalation(world, mail.id, id, 'a1')).toEqual({ id: mail.id, disposition: 'accepted' });
    await attachMailToEscalation(world, mail.id, id, 'a1');
    expect(toldOf()).toEqual(['note', 'dismissMessage']);
    expect(world.told[0]).toMatchObject({ escalation: id, payload: { who: 'publisher:kim', enteredBy: 'staff:a1' } });
    expect(await row(mail)).toMatchObject({ stage: 'relayed', disposition: 'accepted', number: null, escalation: id });
    const other = await world.openEscalation();
    await expect(attachMailToEscalation(world, mail.id, other.id, 'a1')).rejects.toMatchObject({ type: 'Conflict' });
  });

  it('is attached to none of another publisher, nor a customer’s to any, nor to a draft', async () => {
    const { id, mail } = await unnamed('oz@other.test');
    await expect(attachMailToEscalation(world, mail.id, id, 'a1')).rejects.toMatchObject({ type: 'Conflict' });
    await world.pool.query('UPDATE inbound_mails SET sender = $2 WHERE id = $1', [mail.id, CLAIRE]);
    await expect(attachMailToEscalation(world, mail.id, id, 'a1')).rejects.toMatchObject({ type: 'Conflict' });
    await world.pool.query("UPDATE escalations SET stage = 'draft' WHERE id = $1", [id]);
    await expect(attachMailToEscalation(world, mail.id, id, 'a1')).rejects.toMatchObject({ type: 'NotFound' });
    expect(toldOf()).toEqual([]);
  });
});
