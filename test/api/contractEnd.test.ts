/** What is opened under a contract that has ended, and what was opened before. */
import { randomUUID } from 'node:crypto';
import type { Test } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localDate } from '../../contracts/zone.ts';
import { storeContact } from '../../db/contracts.ts';
import { daysAfter } from '../../domain/localDates.ts';
import { type ApiWorld, createApiWorld, OPENING } from '../support/apiWorld.ts';
import { addPublisherContract, COMPLETE, sentEscalation } from '../support/escalationDraftWorld.ts';
import { LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';
import { until } from '../support/until.ts';

/** Family E: requests, interventions and a hotline. */
const CONTRACT = 'HOSTED';
const CONTACT = 'c-hosted';

let world: ApiWorld;
let today: string;
let yesterday: string;

beforeAll(async () => {
  world = await createApiWorld();
  await storeCreditContract(world.pool, CONTRACT, LEDGER_TERMS.E);
  const person = { id: CONTACT, contract: CONTRACT, name: 'Host', email: 'host@customer.test' };
  await storeContact(world.pool, { ...person, language: 'fr', trained: true });
});
afterAll(() => world.close());
beforeEach(async () => {
  today = localDate('Europe/Paris', Date.now());
  yesterday = daysAfter(today, -1);
  for (const contract of ['ONE', CONTRACT]) await end(contract, null);
});

async function end(contract: string, lastDay: string | null): Promise<void> {
  const body = { lastDay, reason: 'A letter.' };
  const { status, text } = await world.post('supervisor', `/v1/contracts/${contract}/end`, body);
  if (status !== 200) throw new Error(text);
}

/** A request of the contract with a hotline, whatever its terms require of one. */
async function hosted(): Promise<string> {
  const number = await world.open();
  await world.pool.query('UPDATE requests SET contract = $2, contact = $3, terms_version = 1 WHERE number = $1', [
    ...[number, CONTRACT, CONTACT],
  ]);
  return number;
}

/** How much there is of everything that these calls write. */
async function stored(): Promise<object> {
  const { rows } = await world.pool.query(
    `SELECT (SELECT count(*)::int FROM requests) AS requests, (SELECT count(*)::int FROM texts) AS texts,
            (SELECT count(*)::int FROM interventions) AS interventions, (SELECT sum(last)::int FROM request_numbers) AS last,
            (SELECT count(*)::int FROM hotline_calls) AS calls, (SELECT count(*)::int FROM notices) AS notices`,
  );
  return rows[0];
}

interface Door {
  readonly what: string;
  readonly contract: string;
  /** What has to be there before the contract ends. */
  prepare(): Promise<string>;
  open(prepared: string, key?: string): Test;
}

const DOORS: readonly Door[] = [
  {
    what: 'request',
    contract: 'ONE',
    prepare: async () => '',
    open: (_, key) => world.post('agent', '/v1/requests', OPENING, key),
  },
  {
    what: 'intervention',
    contract: CONTRACT,
    prepare: hosted,
    open: (number, key) => world.post('agent', `/v1/requests/${number}/interventions`, { text: 'Look at it.' }, key),
  },
  {
    what: 'hotline call',
    contract: CONTRACT,
    prepare: hosted,
    open: (number, key) => world.post('agent', `/v1/requests/${number}/hotlineCalls`, {}, key),
  },
];

describe.each(DOORS)('a $what under a contract that has ended', ({ what, contract, prepare, open }) => {
  it('is refused with the day, and leaves nothing behind', async () => {
    const prepared = await prepare();
    await end(contract, yesterday);
    const before = await stored();
    const { status, body, headers } = await open(prepared);
    expect(status).toBe(422);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:relance:problem:not-covered', endsOn: yesterday });
    expect(body.detail).toContain(`The contract ${contract} ended on ${yesterday}: no ${what} is opened`);
    expect(body.detail).toContain('What was opened before goes on.');
    expect(await stored()).toEqual(before);
  });

  it('is taken on the last day, and when the end is moved or taken back; the refusal stays the answer of its key', async () => {
    const prepared = await prepare();
    await end(contract, yesterday);
    const key = randomUUID();
    expect((await open(prepared, key)).status).toBe(422);
    await end(contract, today);
    const taken = await open(prepared);
    expect(taken.status).toBe(201);
    if (what === 'hotline call') await world.post('agent', `/v1/requests/${prepared}/hotlineCalls/1/end`);
    await end(contract, yesterday);
    expect((await open(prepared)).status).toBe(422);
    await end(contract, null);
    expect((await open(prepared, key)).status).toBe(422);
    expect((await open(prepared)).status).toBe(201);
  });

  it('stays answered as it was when it is said again after the end', async () => {
    const prepared = await prepare();
    const key = randomUUID();
    const first = await open(prepared, key);
    expect(first.status).toBe(201);
    await end(contract, yesterday);
    const again = await open(prepared, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  it('goes on with what was registered before the end, when only the answer was lost', async () => {
    const prepared = await prepare();
    const key = randomUUID();
    const first = await open(prepared, key);
    await world.pool.query('UPDATE idempotency_keys SET status = NULL, body = NULL WHERE key = $1', [key]);
    await end(contract, yesterday);
    const again = await open(prepared, key);
    expect([again.status, again.body.id, again.body.number]).toEqual([201, first.body.id, first.body.number]);
  });

  it('is refused when the end is noted while it is on its way', async () => {
    const prepared = await prepare();
    const client = await world.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `UPDATE contracts SET ends_on = $2, ends_reason = 'A letter.', ends_noted_by = 'staff:s', ends_noted_at = now()
         WHERE reference = $1`,
        [contract, yesterday],
      );
      const opening = open(prepared).then((response) => response);
      await until(async () => {
        const { rowCount } = await world.pool.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rowCount === 1;
      });
      await client.query('COMMIT');
      expect((await opening).status).toBe(422);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});

describe('a request under a contract that has ended', () => {
  it('is refused to its customer too, before anybody is told that they may not ask', async () => {
    await end('ONE', yesterday);
    const before = await stored();
    const { contract: _, contact: __, ...body } = OPENING;
    for (const caller of ['customer', 'untrained'] as const) {
      const refused = await world.post(caller, '/v1/requests', body);
      expect([refused.status, refused.body.endsOn]).toEqual([422, yesterday]);
    }
    expect(await stored()).toEqual(before);
  });

  it('is taken when the call that is written down came in time', async () => {
    await end('ONE', yesterday);
    const at = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const late = await world.post('agent', '/v1/requests', { ...OPENING, receivedAt: at(0) });
    expect(late.status).toBe(422);
    const inTime = await world.post('agent', '/v1/requests', { ...OPENING, receivedAt: at(25) });
    expect(inTime.status).toBe(201);
  });

  it('has its wrong fields named first, all of them', async () => {
    await end('ONE', yesterday);
    const { body } = await world.post('agent', '/v1/requests', { ...OPENING, priority: 'urgent', contact: 'nobody' });
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['contact', 'priority']);
  });
});

describe('what was opened before the end goes on', () => {
  it('a request to its closing, and is taken up again within its terms', async () => {
    const number = await world.open();
    await end('ONE', yesterday);
    await world.give(number, ['acknowledge'], ['ask', { text: 'Which version?' }]);
    const answered = await world.post('customer', `/v1/requests/${number}/answer`, { text: 'The last one.' });
    expect(answered.body).toMatchObject({ status: 'inProgress' });
    expect((await world.get('agent', `/v1/requests/${number}`)).body.clocks).toMatchObject([
      { name: 'acknowledgement', status: 'met' },
      { name: 'workaround', status: 'running' },
      { name: 'resolution', status: 'running' },
    ]);
    await world.give(number, ['close', { reason: 'confirmed' }]);
    const again = await world.post('customer', `/v1/requests/${number}/answer`, { text: 'It is back.' });
    expect([again.status, again.body.status]).toEqual([200, 'inProgress']);
  });

  it('an intervention and a call', async () => {
    const number = await hosted();
    const opened = await world.post('agent', `/v1/requests/${number}/interventions`, { text: 'Look at it.' });
    expect((await world.post('agent', `/v1/requests/${number}/hotlineCalls`)).status).toBe(201);
    await end(CONTRACT, yesterday);
    const call = await world.post('agent', `/v1/requests/${number}/hotlineCalls/1/end`);
    expect([call.status, typeof call.body.endedAt]).toEqual([200, 'string']);
    const noted = await world.post('agent', `/v1/interventions/${number}/${opened.body.n}/note`, { text: 'Seen.' });
    expect(noted.status).toBe(200);
  });
});

describe('an escalation', () => {
  beforeAll(() => addPublisherContract(world));
  beforeEach(() => end('EDITOR', null));

  const draft = (number: string) => world.post('agent', `/v1/requests/${number}/escalations`, { parts: COMPLETE });
  const send = (number: string) => world.post('agent', `/v1/requests/${number}/escalate`, { escalation: 1 });

  async function taken(): Promise<string> {
    const number = await world.open({ product: 'viewer' });
    await world.give(number, ['acknowledge']);
    return number;
  }

  it('goes to the publisher after the end of the customer’s contract, as part of a request that goes on', async () => {
    const number = await taken();
    await end('ONE', yesterday);
    expect((await draft(number)).status).toBe(201);
    const sent = await send(number);
    expect([sent.status, sent.body.status]).toEqual([200, 'escalated']);
  });

  it('is not drafted under a contract with the publisher that has ended, and a draft is not sent', async () => {
    const number = await taken();
    expect((await draft(number)).status).toBe(201);
    await end('EDITOR', yesterday);
    for (const refused of [await draft(number), await send(number)]) {
      expect(refused.body).toMatchObject({ status: 422, type: 'urn:relance:problem:not-covered', endsOn: yesterday });
      expect(refused.body.detail).toContain('The contract EDITOR ended on');
      expect(refused.body.detail).toContain('no escalation is opened');
    }
    const { body } = await world.get('agent', `/v1/requests/${number}/escalations`);
    expect(body.items.map(({ stage }: { stage: string }) => stage)).toEqual(['draft']);
    expect((await world.get('agent', `/v1/requests/${number}`)).body.status).toBe('inProgress');
    await end('EDITOR', today);
    expect((await send(number)).status).toBe(200);
  });

  it('that was sent before goes on', async () => {
    const path = await sentEscalation(world);
    await end('EDITOR', yesterday);
    expect((await world.post('publisher', `${path}/acknowledge`)).status).toBe(200);
  });
});
