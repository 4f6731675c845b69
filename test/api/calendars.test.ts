/** Closures over the API: announced, refused, taken back; and what requests opened meanwhile count on. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { SHARED, storeAdmitting } from '../support/closureTerms.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld();
  await storeAdmitting(world.pool, 'THREE');
  await storeAdmitting(world.pool, 'FOUR', { id: SHARED });
  await storeAdmitting(world.pool, 'FIVE', { id: SHARED });
  await storeAdmitting(world.pool, 'SIX', { id: SHARED, closuresAdmitted: false });
  await storeAdmitting(world.pool, 'SEVEN');
  await storeAdmitting(world.pool, 'EIGHT');
});
afterAll(() => world.close());

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
/** A local date well ahead or behind, whatever the hour. */
const date = (days: number) => inDays(days).slice(0, 10);
const closuresOf = (id: string) => `/v1/calendars/${id}/closures`;
const announce = (id: string, body: object, key?: string) =>
  world.post('supervisor', closuresOf(id), { reason: 'Stocktaking', ...body }, key);
const openOn = (contract: string) => world.open({ contract, contact: `c-${contract}` });
const dueOf = async (number: string, clock: string): Promise<string> => {
  const { body } = await world.get('agent', `/v1/requests/${number}`);
  return body.clocks.find(({ name }: { name: string }) => name === clock).dueAt;
};

describe('announcing a closure', () => {
  it('answers with it, its calendar’s version, and how many requests are still to be recomputed', async () => {
    const number = await openOn('THREE');
    const response = await announce('THREE.support', { day: date(1) });
    expect(response.status).toBe(201);
    expect(response.body.closure).toMatchObject({
      calendar: 'THREE.support',
      day: date(1),
      reason: 'Stocktaking',
      announcedBy: 'staff:s-supervisor',
    });
    expect(response.body.closure.announcedAt).toBe(response.body.closure.enteredAt);
    expect(response.body.calendar).toEqual({
      id: 'THREE.support',
      version: 2,
      zones: ['Europe/Paris'],
      contracts: { admitting: 1, others: 0 },
      openRequests: { newest: 0, older: 1 },
      openInterventions: { newest: 0, older: 0 },
    });
    // Any change saves with windows of the day: the request then counts on the newest.
    await world.give(number, ['acknowledge']);
    expect((await world.get('agent', '/v1/calendars/THREE.support')).body.openRequests).toEqual({
      newest: 1,
      older: 0,
    });
  });

  it('is done once under one key, and refused as announced already under another', async () => {
    const key = randomUUID();
    const body = { from: inDays(2), to: inDays(3) };
    const first = await announce('SEVEN.support', body, key);
    const again = await announce('SEVEN.support', body, key);
    expect(again.body).toEqual(first.body);
    // The answer is lost with the process that had it: the call is carried out again, under the same id.
    await world.pool.query('UPDATE idempotency_keys SET status = NULL, body = NULL WHERE key = $1', [key]);
    const third = await announce('SEVEN.support', body, key);
    expect(third.body.closure).toEqual(first.body.closure);
    expect(third.body.calendar.version).toBe(2);
    const other = await announce('SEVEN.support', body);
    expect(other.status).toBe(409);
    expect((await world.get('agent', closuresOf('SEVEN.support'))).body.items).toHaveLength(1);
  });

  it('once for all contracts on the calendar, and says how many do not admit it', async () => {
    const [admitted, refused] = [await openOn('FIVE'), await openOn('SIX')];
    const response = await announce(SHARED, { day: date(2) });
    expect(response.body.calendar).toMatchObject({
      contracts: { admitting: 2, others: 1 },
      openRequests: { newest: 0, older: 1 },
    });
    const [later, unmoved] = [await openOn('FOUR'), await openOn('SIX')];
    const hours = (a: string, b: string) => (Date.parse(a) - Date.parse(b)) / 3_600_000;
    // A budget of days on a calendar that is open day and night: the day that is closed lies between.
    const moved = hours(await dueOf(later, 'resolution'), await dueOf(admitted, 'resolution'));
    expect(moved).toBeGreaterThan(22.9);
    expect(moved).toBeLessThan(25.1);
    expect(hours(await dueOf(unmoved, 'resolution'), await dueOf(refused, 'resolution'))).toBeLessThan(1);
  });

  it('is refused where no terms admit closures, and on a calendar that is not there', async () => {
    const response = await announce('ONE.support', { day: date(1) });
    expect(response.status).toBe(409);
    expect(response.body.detail).toContain('admit');
    expect((await announce('NOWHERE.support', { day: date(1) })).status).toBe(404);
  });

  it.each<[string, object, string[]]>([
    ['nothing', {}, ['day']],
    ['half an interval', { from: inDays(1) }, ['to']],
    ['a day and an interval', { day: date(1), from: inDays(1), to: inDays(2) }, ['from', 'to']],
    ['an end before its beginning', { from: inDays(2), to: inDays(1) }, ['to']],
    ['more than a year', { from: inDays(1), to: inDays(400) }, ['to']],
    ['more than three years ahead', { day: date(1_200) }, ['day']],
    ['a day in the past', { day: date(-2) }, ['day']],
    ['an interval in the past', { from: inDays(-2), to: inDays(-1) }, ['to']],
    ['an earlier announcement without a reason', { day: date(1), announcedAt: inDays(-1) }, ['lateReason']],
    ['a reason without an announcement', { day: date(1), lateReason: 'Forgotten.' }, ['announcedAt']],
    ['an announcement to come', { day: date(3), announcedAt: inDays(1), lateReason: 'x' }, ['announcedAt']],
    ['one announced when it was over', { day: date(-3), announcedAt: inDays(-1), lateReason: 'x' }, ['day']],
    ['no day of the calendar', { day: '2027-02-30' }, ['day']],
  ])('wants what makes sense: %s', async (_what, body, paths) => {
    const response = await announce('EIGHT.support', body);
    expect(response.status).toBe(422);
    expect(response.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  it('takes one of the past with the reason why it is entered only now', async () => {
    const late = { day: date(-2), announcedAt: inDays(-5), lateReason: 'It was announced on the portal.' };
    const response = await announce('EIGHT.support', late);
    expect(response.status).toBe(201);
    expect(response.body.closure).toMatchObject({ announcedAt: late.announcedAt, lateReason: late.lateReason });
  });

  it('takes local times of the calendar’s zone', async () => {
    const response = await announce('EIGHT.support', { from: `${date(40)}T08:00`, to: `${date(40)}T18:00:00` });
    expect(response.status).toBe(201);
    const zoned = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'short' });
    expect(zoned.format(new Date(response.body.closure.from))).toBe(`${date(40)} 08:00`);
  });

  it('leaves a calendar some opening within two years', async () => {
    expect((await announce('EIGHT.support', { from: inDays(0.01), to: inDays(365) })).status).toBe(201);
    const response = await announce('EIGHT.support', { from: inDays(364), to: inDays(729) });
    expect(response.status).toBe(201);
    const third = await announce('EIGHT.support', { from: inDays(728), to: inDays(760) });
    expect(third.status).toBe(422);
    expect(third.body.errors[0].message).toContain('two years');
  });
});

describe('taking a closure back', () => {
  it('makes another version, once', async () => {
    const { body } = await announce('THREE.support', { day: date(5) });
    const path = `${closuresOf('THREE.support')}/${body.closure.id}/takeBack`;
    const key = randomUUID();
    const first = await world.post('supervisor', path, {}, key);
    expect(first.status).toBe(200);
    expect(first.body.closure).toMatchObject({ takenBackBy: 'staff:s-supervisor' });
    expect(first.body.calendar.version).toBe(body.calendar.version + 1);
    await world.pool.query('UPDATE idempotency_keys SET status = NULL, body = NULL WHERE key = $1', [key]);
    expect((await world.post('supervisor', path, {}, key)).body.calendar.version).toBe(body.calendar.version + 1);
    expect((await world.post('supervisor', path)).status).toBe(409);
    // The same day may be announced anew.
    expect((await announce('THREE.support', { day: date(5) })).status).toBe(201);
  });

  it('is refused of one that is over, and of none', async () => {
    const items = (await world.get('agent', closuresOf('EIGHT.support'))).body.items as { id: string; day?: string }[];
    const over = items.find(({ day }) => day === date(-2));
    const response = await world.post('supervisor', `${closuresOf('EIGHT.support')}/${over?.id}/takeBack`);
    expect(response.status).toBe(409);
    expect(response.body.detail).toContain('over');
    for (const id of [randomUUID(), 'x']) {
      expect((await world.post('supervisor', `${closuresOf('EIGHT.support')}/${id}/takeBack`)).status).toBe(404);
    }
  });
});
