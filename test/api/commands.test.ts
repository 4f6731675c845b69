import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { readContact, storeTerms } from '../../db/contracts.ts';
import { type ApiWorld, createApiWorld, termsOf } from '../support/apiWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const types = async (number: string) =>
  (await world.get('agent', `/v1/requests/${number}/timeline`)).body.items.map(({ type }: { type: string }) => type);

async function texts(number: string): Promise<number> {
  const { rows } = await world.pool.query('SELECT count(*)::int AS n FROM texts WHERE number = $1', [number]);
  return rows[0].n;
}

describe('a life by commands', () => {
  it('answers each command with the request after it, readable at once', async () => {
    const number = await world.open();
    const path = `/v1/requests/${number}`;
    const asked = await world.post('agent', `${path}/ask`, { text: 'Which version?' });
    expect(asked.body).toMatchObject({ status: 'waiting', waiting: { for: 'information', remindersSent: 0 } });
    expect(asked.headers.etag).toBe(`"${asked.body.version}"`);
    expect((await world.get('agent', path)).body).toEqual(asked.body);

    const answered = await world.post('customer', `${path}/answer`, { text: 'Version 7.' });
    expect(answered.body).toMatchObject({ status: 'inProgress' });
    const fixed = await world.post('agent', `${path}/proposeFix`, { text: 'Please try 7.1.' });
    expect(fixed.body).toMatchObject({ status: 'waiting', proposal: { kind: 'fix' } });
    const confirmed = await world.post('customer', `${path}/confirm`, {});
    expect(confirmed.body).toMatchObject({ status: 'waiting', waiting: { for: 'production' } });
    const closed = await world.post('customer', `${path}/putInProduction`, { text: 'It runs.' });
    expect(closed.body).toMatchObject({ status: 'closed', closed: { reason: 'confirmed' } });
    expect(closed.body.possible).toEqual(['answer', 'reopen']);
    expect(await types(number)).toEqual([
      'opened',
      'acknowledged',
      'asked',
      'answered',
      'fixProposed',
      'confirmed',
      'putInProduction',
      'closed',
    ]);

    const reopened = await world.post('customer', `${path}/reopen`, { text: 'It is back.' });
    expect(reopened.body.status).toBe('inProgress');
  });

  it('shows durations in seconds and instants in ISO 8601', async () => {
    const number = await world.open({ receivedAt: new Date(Date.now() - 3_600_000).toISOString() });
    const { body } = await world.post('agent', `/v1/requests/${number}/acknowledge`);
    const [acknowledgement] = body.clocks;
    expect(acknowledgement.metAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(acknowledgement.took.withPauses).toBeLessThanOrEqual(3_601);
    expect(acknowledgement.took.withPauses).toBeGreaterThanOrEqual(0);
  });

  it('writes what the customer says on the phone down as their word', async () => {
    const number = await world.open();
    await world.give(number, ['ask', { text: 'Which version?' }]);
    const receivedAt = new Date(Date.now() - 1).toISOString();
    await world.give(number, ['answer', { text: 'Version 7.', receivedAt }]);
    const { body } = await world.get('agent', `/v1/requests/${number}/timeline`);
    expect(body.items.at(-1)).toMatchObject({
      type: 'answered',
      who: 'contact:c-customer',
      enteredBy: 'staff:s-agent',
      channel: 'phone',
    });
    const own = await world.post('customer', `/v1/requests/${number}/answer`, { text: 'More.', receivedAt });
    expect(own.body.errors).toMatchObject([{ path: 'receivedAt' }]);
  });
});

describe('a command that is refused', () => {
  it('says what was tried, from where, and what is possible for the caller; nothing changes, its text is gone', async () => {
    const number = await world.open();
    const before = (await world.get('agent', `/v1/requests/${number}`)).body;
    const response = await world.post('agent', `/v1/requests/${number}/proposeFix`, { text: 'Try 7.1.' });
    expect(response.status).toBe(409);
    expect(response.body).toMatchObject({
      type: 'urn:relance:problem:invalid-transition',
      tried: 'proposeFix',
      requestStatus: 'registered',
      traceId: response.headers['x-request-id'],
    });
    expect(response.body.possible).toContain('acknowledge');
    expect(response.body.possible).not.toContain('amendTerms');
    expect(response.body.detail).toContain('Possible now: ');
    expect(await texts(number)).toBe(1);
    expect((await world.get('agent', `/v1/requests/${number}`)).body).toEqual(before);
    const mine = await world.post('customer', `/v1/requests/${number}/confirm`, {});
    expect(mine.body.possible).toEqual(['answer', 'close']);
  });

  it('is refused on a closed request with what is possible now', async () => {
    const number = await world.open();
    await world.give(number, ['close', { reason: 'withdrawn' }]);
    const response = await world.post('agent', `/v1/requests/${number}/note`, { text: 'Late.' });
    expect(response.status).toBe(409);
    expect(response.body).toMatchObject({ requestStatus: 'closed', possible: ['answer', 'reopen'] });
  });

  it('names a request to go on from once it can no longer be reopened', async () => {
    const number = await world.open();
    await world.give(number, ['close', { reason: 'withdrawn' }]);
    const longAgo = Date.now() - 60 * 86_400_000;
    await world.pool.query(
      `UPDATE requests
       SET state = jsonb_set(jsonb_set(jsonb_set(state, '{closed,at}', to_jsonb($2::bigint)), '{lastAt}', to_jsonb($2::bigint)),
                             '{registeredAt}', to_jsonb($2::bigint)),
           view = jsonb_set(view, '{closed,reopenUntil}', to_jsonb($2::bigint))
       WHERE number = $1`,
      [number, longAgo],
    );
    const response = await world.post('customer', `/v1/requests/${number}/reopen`, { text: 'It is back.' });
    expect(response.status).toBe(409);
    expect(response.body.possible).toEqual([]);
    expect(response.body.detail).toContain('names this one as previous');
    expect((await world.get('customer', `/v1/requests/${number}`)).body.possible).toEqual([]);
  });

  const wrong: [string, string, object, string][] = [
    ['requalify', 'to an unknown severity', { priority: 'urgent', text: 'Now.' }, 'priority'],
    ['requalify', 'to a severity that every object has', { priority: 'toString', text: 'Now.' }, 'priority'],
    ['refuse', 'with an unknown exclusion', { exclusion: 'mood' }, 'exclusion'],
    ['assign', 'to nobody', { assignee: 'staff:nobody' }, 'assignee'],
    ['assign', 'to a customer', { assignee: 'contact:c-customer' }, 'assignee'],
    ['close', 'as a duplicate of nothing', { reason: 'duplicate' }, 'duplicateOf'],
    [
      'close',
      'as a duplicate of an unknown one',
      { reason: 'duplicate', duplicateOf: 'DA-2020-000001' },
      'duplicateOf',
    ],
    ['close', 'for no reason', {}, 'reason'],
    ['logWork', 'of a part of a second', { seconds: 1.5 }, 'seconds'],
    ['logWork', 'of nothing', { seconds: 0 }, 'seconds'],
    ['ask', 'without a question', {}, 'text'],
    ['ask', 'with an empty question', { text: ' ' }, 'text'],
    ['correctAddress', 'with no address', { email: 'nobody' }, 'email'],
    ['acknowledge', 'with what it does not take', { text: 'Hello' }, 'text'],
    ['answer', 'heard in the future', { text: 'a', receivedAt: '2999-01-01T00:00:00Z' }, 'receivedAt'],
  ];
  it.each(wrong)('%s %s names the field', async (command, _what, body, path) => {
    const number = await world.open();
    const response = await world.post('agent', `/v1/requests/${number}/${command}`, body);
    expect(response.status).toBe(422);
    expect(response.body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
    expect(await types(number)).toEqual(['opened']);
    expect(await texts(number)).toBe(1);
  });
});

describe('duplicates', () => {
  it('name another request of the contract', async () => {
    const [one, two] = [await world.open(), await world.open()];
    const response = await world.post('agent', `/v1/requests/${two}/close`, { reason: 'duplicate', duplicateOf: one });
    expect(response.body).toMatchObject({ status: 'closed', closed: { reason: 'duplicate' } });
    const self = await world.post('agent', `/v1/requests/${one}/close`, { reason: 'duplicate', duplicateOf: one });
    expect(self.body.errors).toMatchObject([{ path: 'duplicateOf' }]);
  });
});

describe('amending the terms', () => {
  it('takes a stored version, by a supervisor', async () => {
    const number = await world.open();
    const path = `/v1/requests/${number}/amendTerms`;
    expect((await world.post('supervisor', path, { version: 2 })).body.errors).toMatchObject([{ path: 'version' }]);
    const terms = termsOf(anomalySupport({ customer: 'Customer One', provider: 'Support Example' }));
    await storeTerms(world.pool, 'ONE', 2, '2026-02-01', terms);
    const response = await world.post('supervisor', path, { version: 2 });
    expect(response.body).toMatchObject({ termsVersion: 2 });
    expect(await types(number)).toEqual(['opened', 'termsAmended']);
  });
});

describe('correcting an address', () => {
  const address = async () => (await readContact(world.pool, 'c-customer'))?.email;

  it('changes the contact’s address where a mail was undeliverable', async () => {
    const number = await world.open();
    await world.door.happen(number, (state) => {
      const mail = state.pending.find(({ kind }) => kind === 'mail');
      return { type: 'mailRefused', key: mail?.key ?? '', at: Date.now(), who: 'system', channel: 'system' };
    });
    const before = await world.get('agent', `/v1/requests/${number}`);
    expect(before.body.tasks).toMatchObject([{ kind: 'correctAddress' }]);
    const path = `/v1/requests/${number}/correctAddress`;
    const taken = await world.post('agent', path, { email: 'colleague@customer.test' });
    expect(taken.body.errors).toMatchObject([{ path: 'email' }]);
    const response = await world.post('agent', path, { email: 'right@customer.test' });
    expect(response.body.tasks).toEqual([]);
    expect(await address()).toBe('right@customer.test');
  });

  it('leaves it as it was when nothing was undeliverable', async () => {
    const before = await address();
    const number = await world.open();
    const response = await world.post('agent', `/v1/requests/${number}/correctAddress`, {
      email: 'other@customer.test',
    });
    expect(response.status).toBe(409);
    expect(await address()).toBe(before);
    world.door.away = 'before';
    const away = await world.post('agent', `/v1/requests/${number}/correctAddress`, { email: 'other@customer.test' });
    world.door.away = undefined;
    expect(away.status).toBe(503);
    expect(await address()).toBe(before);
  });
});
