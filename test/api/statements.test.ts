/** Balances, statements and reservations as they are read: by staff, and by the customer. */
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueToken } from '../../db/accessTokens.ts';
import { storeContact } from '../../db/contracts.ts';
import { debit, reserve, settle } from '../../db/ledger/spending.ts';
import { daysAfter } from '../../domain/localDates.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { buy, LEDGER_TERMS, operation, storeCreditContract } from '../support/ledgerWorld.ts';

let world: ApiWorld;
let token: string;
let today: string;
const PATH = '/v1/contracts/HOSTED';

beforeAll(async () => {
  world = await createApiWorld();
  const { pool } = world;
  today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(Date.now());
  const under = await storeCreditContract(pool, 'HOSTED', LEDGER_TERMS.E, today);
  await buy(pool, 'HOSTED', { unit: 'timeUnit', units: 16 }, under, today);
  await buy(pool, 'HOSTED', { unit: 'halfDay', units: 4 }, under, today);
  await debit(pool, operation('HOSTED', { on: today }), [{ unit: 'timeUnit', units: 3 }], under);
  const held = { on: today, who: 'contact:c-host' };
  for (const key of ['open', 'over']) {
    await reserve(pool, operation('HOSTED', { ...held, key }), [{ unit: 'halfDay', units: 1 }], under);
  }
  await settle(pool, operation('HOSTED', { on: today, who: 'system' }), { reservation: 'over' }, under);
  const person = { id: 'c-host', contract: 'HOSTED', name: 'Host', email: 'host@customer.test' };
  await storeContact(pool, { ...person, language: 'fr', trained: true });
  token = await issueToken(pool, { contact: 'c-host', expiresAt: new Date(Date.now() + 3_600_000) });
});
afterAll(() => world.close());

const asCustomer = (path: string) => supertest(world.app).get(path).set('authorization', `Bearer ${token}`);
const asStaff = (path: string) => world.get('billing', path);

interface Line {
  readonly kind: string;
  readonly who: string;
}

describe('a statement', () => {
  it('tells the customer that it was staff, and staff who it was', async () => {
    const whoFor = async (read: typeof asCustomer) =>
      (await read(`${PATH}/statement`)).body.items.map(({ who }: Line) => who);
    const contact = ['contact:c-host', 'contact:c-host', 'system'];
    expect(await whoFor(asCustomer)).toEqual(['staff', 'staff', 'staff', ...contact]);
    expect(await whoFor(asStaff)).toEqual(['staff:s-billing', 'staff:s-billing', 'staff:s-agent', ...contact]);
    for (const language of ['', '&language=fr', '&language=en']) {
      const path = `${PATH}/statement?format=csv${language}`;
      expect((await asCustomer(path)).text).not.toContain('s-agent');
      expect((await asStaff(path)).text).toContain('staff:s-agent');
    }
  });

  it('is narrowed to a unit and to dates, as JSON and as CSV alike', async () => {
    const lines = async (query: string) => {
      const { body } = await asStaff(`${PATH}/statement?${query}`);
      const csv = (await asStaff(`${PATH}/statement?format=csv&${query}`)).text.trim().split('\r\n').slice(1);
      expect(csv.map((line) => line.split(',')[4])).toEqual(body.items.map(({ kind }: Line) => kind));
      return csv.length;
    };
    expect(await lines('')).toBe(6);
    expect(await lines('unit=timeUnit')).toBe(2);
    // The test may run over midnight there.
    const [first, last] = [daysAfter(today, -1), daysAfter(today, 1)];
    expect(await lines(`from=${first}&to=${last}`)).toBe(6);
    expect(await lines(`from=${daysAfter(last, 1)}`)).toBe(0);
    expect(await lines(`to=${first}`)).toBe(0);
  });
});

describe('reservations', () => {
  it('are those that hold something; all of them if asked for', async () => {
    const keys = async (query: string) =>
      (await asCustomer(`${PATH}/reservations${query}`)).body.items.map((one: { reservation: string }) => [
        one.reservation,
      ]);
    expect(await keys('')).toEqual([['open']]);
    expect(await keys('?open=false')).toEqual([['over'], ['open']]);
  });
});

describe('the balance', () => {
  it('counts as available what is valid today: not what is over, though it has not expired yet', async () => {
    const { pool } = world;
    const under = await storeCreditContract(pool, 'PREPAID', LEDGER_TERMS.A, today);
    await buy(pool, 'PREPAID', { unit: 'ticket', units: 10 }, under, daysAfter(today, -400));
    await buy(pool, 'PREPAID', { unit: 'ticket', units: 4 }, under, today);
    const { body } = await asStaff('/v1/contracts/PREPAID/balance');
    expect(body.items).toMatchObject([{ unit: 'ticket', available: 4, pending: 0 }]);
    expect(body.items[0].lots.map(({ available }: { available: number }) => available)).toEqual([10, 4]);
  });
});
