/** Mails of an escalation as each side reads them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EscalationMails } from '../../api/escalationSchemas.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { addPublisherContract, sentEscalation } from '../support/escalationDraftWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  await addPublisherContract(world);
});
afterAll(() => world.close());

const sent = () => sentEscalation(world);

describe('a mail that is filed as a note', () => {
  it('is read by the publisher if it is its own; what staff let count of others is for staff', async () => {
    const path = await sent();
    const id = `escalation:${path.split('/')[3]}:1`;
    const senders = ['publisher:p-publisher', 'staff:s-agent', 'contact:c-customer'];
    for (const [index, who] of senders.entries()) {
      const mail = randomUUID();
      await world.pool.query(
        `INSERT INTO inbound_mails (id, received_at, envelope_from, envelope_to, raw, content_hash, stage, disposition, escalation,
           sender, subject, body_new)
         VALUES ($1, now(), 'x@y.test', '{}', 'raw', $2, 'relayed', 'accepted', $3, 'x@y.test', 'Re', $4)`,
        [mail, Buffer.from(mail), id, `Written by ${who}`],
      );
      await world.pool.query(
        `INSERT INTO escalation_timeline (escalation, seq, line, at, type, audience, who, channel, mail_id)
         VALUES ($1, 90, $2, now(), 'noted', 'publisher', $3, 'mail', $4)`,
        [id, index, who, mail],
      );
    }
    const seen = await world.get('publisher', `${path}/timeline`);
    const notes = seen.body.items.filter(({ type }: { type: string }) => type === 'noted');
    expect(notes.map(({ text }: { text?: string }) => text)).toEqual([
      'Written by publisher:p-publisher',
      undefined,
      undefined,
    ]);
    expect(seen.text).not.toMatch(/"mail":|s-agent|c-customer/);
    expect((await world.get('agent', `${path}/timeline`)).text).toContain('Written by contact:c-customer');
  });
});

describe('mails of an escalation', () => {
  const TOKEN = 'a2'.repeat(12);

  it('are listed for staff alone: to whom, how far, what they say, without what opens an address', async () => {
    const path = await sent();
    const number = path.split('/')[3];
    const id = `escalation:${number}:1`;
    await world.pool.query(
      `INSERT INTO outbound_mails (key, content_hash, mail_order, number, kind, audience, recipient, address, message_id,
         token, subject, body, body_html, reference_ids, escalation, status, attempts, ended_at, last_error, created_at)
       VALUES ($1, '', '{}', $2, 'escalated', 'publisher', 'publisher:pub-publisher', 'desk@publisher.test', $1, $1,
         'Escalation', $4, '', '{}', $3, 'accepted', 2, now(), '451 4.3.0', now() - interval '1 hour')`,
      [`${id}:mail:1`, number, id, `To acknowledge: sr+ack.${TOKEN}@support.test`],
    );
    await world.pool.query(
      `INSERT INTO inbound_mails (id, received_at, envelope_from, envelope_to, raw, content_hash, stage, disposition, escalation,
         sender, subject, body_new)
       VALUES ($1, now(), 'x@publisher.test', '{}', 'raw', $2, 'relayed', 'publisherNote', $3, 'kim@publisher.test', 'Re', 'Soon.')`,
      [randomUUID(), Buffer.from(id), id],
    );
    const { body, text } = await world.get('agent', `${path}/mails`);
    expect(EscalationMails.safeParse(body).error).toBeUndefined();
    expect(body.items).toMatchObject([
      {
        ...{ direction: 'out', kind: 'escalated', audience: 'publisher', status: 'accepted', attempts: 2 },
        ...{ address: 'desk@publisher.test', text: 'To acknowledge: sr+ack.…@support.test', lastError: '451 4.3.0' },
      },
      { direction: 'in', disposition: 'publisherNote', address: 'kim@publisher.test', text: 'Soon.' },
    ]);
    expect(text).not.toContain(TOKEN);
    expect((await world.get('agent', path)).body.links.mails).toBe(`${path}/mails`);
    expect((await world.get('publisher', path)).body.links.mails).toBeUndefined();
    for (const caller of ['publisher', 'otherPublisher', 'customer'] as const) {
      expect((await world.get(caller, `${path}/mails`)).status).toBe(403);
    }
    const ofRequest = await world.get('agent', `/v1/requests/${number}/mails`);
    expect(ofRequest.text).not.toMatch(/desk@publisher|Soon\./);
  });
});
