import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InboundMailList } from '../../api/schemas.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

/** Files a mail as the relay does; on a request, it is held there. */
async function file(
  disposition: string,
  number?: string,
  fields: { at?: Date; sender?: string } = {},
): Promise<string> {
  const id = randomUUID();
  await world.pool.query(
    `INSERT INTO inbound_mails (id, received_at, envelope_from, envelope_to, raw, content_hash, stage, disposition, number,
       sender, subject, body_new, body_full, body_html, attachments)
     VALUES ($1, $4, 'x@customer.test', '{support@support.test}', 'raw', $5, 'relayed', $2, $3, $6,
       'Re: the list', 'It is empty.', E'It is empty.\n> Which one?', '<p>It is empty.</p>', '[{"name":"a.png","type":"image/png","size":7}]')`,
    [
      id,
      disposition,
      number ?? null,
      fields.at ?? new Date(),
      Buffer.from(id),
      fields.sender ?? 'customer@customer.test',
    ],
  );
  if (number && disposition === 'unverified') {
    await world.door.holdMessage(number, { mail: id, receivedAt: Date.now() });
  }
  return id;
}

async function waiting(): Promise<string> {
  const number = await world.open();
  await world.give(number, ['ask', { text: 'Which one?' }]);
  return number;
}

const request = async (number: string) => (await world.get('agent', `/v1/requests/${number}`)).body;

describe('mails that came in', () => {
  it('are listed, narrowed and paged', async () => {
    const number = await world.open();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++)
      ids.unshift(await file('unmatched', undefined, { at: new Date(Date.UTC(2026, 0, 1 + i)) }));
    const filed = await file('automatic', number);
    const list = async (query: string) => {
      const { body } = await world.get('agent', `/v1/mails${query}`);
      return InboundMailList.parse(body).items.map(({ id }) => id);
    };
    expect(await list('?disposition=unmatched')).toEqual(ids);
    expect(await list('?toLookAt=true')).toEqual(ids);
    expect(await list(`?number=${number}`)).toEqual([filed]);
    const first = await world.get('agent', '/v1/mails?toLookAt=true&limit=2');
    const second = await world.get('agent', `/v1/mails?toLookAt=true&limit=2&cursor=${first.body.next}`);
    expect([...first.body.items, ...second.body.items].map(({ id }) => id)).toEqual(ids);
    expect(second.body.next).toBeUndefined();
    expect((await world.get('agent', '/v1/mails?cursor=nonsense')).status).toBe(422);
    for (const id of ids) await world.post('agent', `/v1/mails/${id}/dismiss`, { reason: 'advertising' });
  });

  it('are read whole: new text, full text, sanitised HTML, attachments', async () => {
    const { body } = await world.get('agent', `/v1/mails/${await file('unmatched')}`);
    expect(body).toMatchObject({
      text: 'It is empty.',
      fullText: 'It is empty.\n> Which one?',
      html: '<p>It is empty.</p>',
      attachments: [{ name: 'a.png', type: 'image/png', size: 7 }],
    });
    expect(body).not.toHaveProperty('raw');
  });
});

describe('a mail that nobody could judge', () => {
  it('accepted, is the answer on its request, from the instant it came in', async () => {
    const number = await waiting();
    const at = new Date();
    const id = await file('unverified', number, { at });
    expect((await request(number)).tasks).toMatchObject([{ kind: 'lookAtMessage', mail: id }]);
    const response = await world.post('agent', `/v1/mails/${id}/accept`);
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ disposition: 'accepted', lookedBy: 'staff:s-agent', number });
    expect(await request(number)).toMatchObject({ status: 'inProgress', tasks: [] });
    const timeline = await world.get('customer', `/v1/requests/${number}/timeline`);
    expect(timeline.body.items.at(-1)).toMatchObject({ type: 'answered', text: 'It is empty.', channel: 'mail' });
    const mails = await world.get('customer', `/v1/requests/${number}/mails`);
    expect(mails.body.items).toMatchObject([{ direction: 'in', subject: 'Re: the list', text: 'It is empty.' }]);
  });

  it('accepted without a request is told to be attached', async () => {
    const id = await file('unmatched');
    const response = await world.post('agent', `/v1/mails/${id}/accept`);
    expect(response.status).toBe(422);
    expect(response.body.errors).toMatchObject([{ path: 'number' }]);
  });

  it('attached to a request is the answer there; the one that held it lets it go', async () => {
    const [wrong, right] = [await waiting(), await waiting()];
    const id = await file('unverified', wrong);
    const response = await world.post('agent', `/v1/mails/${id}/attach`, { number: right });
    expect(response.body).toMatchObject({ disposition: 'accepted', number: right });
    expect(await request(right)).toMatchObject({ status: 'inProgress' });
    expect(await request(wrong)).toMatchObject({ status: 'waiting', tasks: [] });
  });

  it('attached without counting is filed, and no answer', async () => {
    const number = await waiting();
    const id = await file('unmatched');
    const response = await world.post('agent', `/v1/mails/${id}/attach`, { number, counts: false });
    expect(response.body).toMatchObject({ disposition: 'attached', number });
    expect(await request(number)).toMatchObject({ status: 'waiting' });
    expect((await world.get('customer', `/v1/requests/${number}/mails`)).body.items).toEqual([]);
    expect((await world.get('agent', `/v1/requests/${number}/mails`)).body.items).toMatchObject([{ id }]);
  });

  it('is attached to a request or to an escalation, not to both, nor to nothing', async () => {
    const id = await file('unmatched');
    const number = await waiting();
    const escalation = `escalation:${number}:1`;
    for (const body of [{}, { number, escalation }, { escalation: `${number}/1` }]) {
      expect((await world.post('agent', `/v1/mails/${id}/attach`, body)).status).toBe(422);
    }
    expect((await world.post('agent', `/v1/mails/${id}/attach`, { escalation })).status).toBe(404);
  });

  it('attached to what is not there is refused', async () => {
    const id = await file('unmatched');
    const response = await world.post('agent', `/v1/mails/${id}/attach`, { number: 'DA-2020-000001' });
    expect(response.status).toBe(404);
    expect((await world.get('agent', `/v1/mails/${id}`)).body.disposition).toBe('unmatched');
  });

  it('dismissed, waits no longer, with the reason that was given', async () => {
    const number = await waiting();
    const id = await file('unverified', number);
    const response = await world.post('supervisor', `/v1/mails/${id}/dismiss`, { reason: 'forged' });
    expect(response.body).toMatchObject({ disposition: 'dismissed', dismissedBecause: 'forged' });
    expect(await request(number)).toMatchObject({ status: 'waiting', tasks: [] });
    const again = await world.post('agent', `/v1/mails/${id}/accept`);
    expect(again.status).toBe(409);
  });

  it('is not found under a wrong id, and no mail that needs no look is judged', async () => {
    for (const id of ['nonsense', randomUUID()]) {
      expect((await world.post('agent', `/v1/mails/${id}/accept`)).status).toBe(404);
    }
    const own = await file('own', await world.open());
    expect((await world.post('agent', `/v1/mails/${own}/dismiss`, { reason: 'ours' })).status).toBe(409);
  });
});
