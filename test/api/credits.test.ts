import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueToken } from '../../db/accessTokens.ts';
import { storeContact } from '../../db/contracts.ts';
import { listLedgerOddities } from '../../db/ledger/verification.ts';
import { daysAfter } from '../../domain/localDates.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';

let world: ApiWorld;
let token: string;
/** In Europe/Paris; a test that runs over midnight there would see yesterday, which is in the past and valid too. */
let today: string;

beforeAll(async () => {
  world = await createApiWorld();
  today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(Date.now());
  await storeCreditContract(world.pool, 'HOSTED', LEDGER_TERMS.E);
  await storeCreditContract(world.pool, 'PREPAID', LEDGER_TERMS.A);
  const person = { id: 'c-payer', contract: 'PREPAID', name: 'Payer', email: 'payer@customer.test' };
  await storeContact(world.pool, { ...person, language: 'fr', trained: true });
  token = await issueToken(world.pool, { contact: 'c-payer', expiresAt: new Date(Date.now() + 3_600_000) });
});
afterAll(async () => {
  expect(await listLedgerOddities(world.pool)).toEqual([]);
  await world.close();
});

let forms = 0;
const order = (contract: string, body: object, key?: string) =>
  world.post(
    'billing',
    `/v1/contracts/${contract}/orders`,
    { signedOn: today, orderForm: `BC-${++forms}`, ...body },
    key,
  );
const asCustomer = (path: string) => supertest(world.app).get(path).set('authorization', `Bearer ${token}`);

describe('packs and orders', () => {
  it('shows what is on sale', async () => {
    const { body } = await asCustomer('/v1/contracts/PREPAID/packs');
    expect(body.items.map((one: { units: number; price: { cents: number } }) => [one.units, one.price.cents])).toEqual([
      [4, 60_000],
      [10, 150_000],
      [20, 275_000],
      [40, 500_000],
    ]);
  });

  it('makes a lot of a signed form, once for a key and once for the form', async () => {
    const key = randomUUID();
    const body = { pack: 10, signedOn: '2026-03-01', orderForm: 'BC-A' };
    const first = await order('PREPAID', body, key);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      ...{ kind: 'order', unit: 'ticket', units: 10, price: { cents: 150_000, vatBasisPoints: 2_000 } },
      ...{ validFrom: '2026-03-01', lastDay: '2027-03-01', orderForm: 'BC-A', who: 'staff:s-billing' },
    });
    expect((await order('PREPAID', body, key)).body).toEqual(first.body);
    const again = await order('PREPAID', body);
    expect([again.status, again.body.type]).toEqual([409, 'urn:relance:problem:conflict']);
    const { body: list } = await asCustomer('/v1/contracts/PREPAID/orders');
    expect(list.items).toMatchObject([{ orderForm: 'BC-A', who: 'staff' }]);
  });

  it.each([
    [{ pack: 3 }, 'pack'],
    [{ pack: 5 }, 'pack'],
    [{ pack: 4, unit: 'gold' }, 'unit'],
    [{ pack: 4, signedOn: '2999-01-01' }, 'signedOn'],
    [{ pack: 4, signedOn: '2026-02-30' }, 'signedOn'],
    [{ pack: 4, signedOn: '1999-01-01' }, 'signedOn'],
    [{ pack: 0 }, 'pack'],
  ])('refuses %j', async (body, path) => {
    const { status, body: problem } = await order('PREPAID', body);
    expect(status).toBe(422);
    expect(problem.errors.map((one: { path: string }) => one.path)).toEqual([path]);
  });

  it('wants the unit where there are several', async () => {
    expect((await order('HOSTED', { pack: 16 })).body.errors[0].message).toBe('Say which: timeUnit, halfDay.');
    expect((await order('HOSTED', { pack: 16, unit: 'timeUnit' })).status).toBe(201);
  });
});

it.each([
  ['Pacific/Kiritimati', 201],
  ['Pacific/Pago_Pago', 422],
])('today is where the contract is: in %s an order signed on Kiritimati’s date answers %i', async (zone, status) => {
  // 25 hours apart: their dates always differ.
  const signedOn = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Pacific/Kiritimati' }).format(Date.now());
  const contract = zone.toUpperCase().replace('/', '-').replace('_', '-');
  await storeCreditContract(world.pool, contract, { ...LEDGER_TERMS.A, zone });
  const answer = await order(contract, { pack: 4, signedOn });
  expect(answer.status).toBe(status);
  if (status === 422) expect(answer.body.errors[0]).toMatchObject({ path: 'signedOn' });
});

describe('debits', () => {
  const path = '/v1/contracts/HOSTED/debits';
  const work = { unit: 'timeUnit', seconds: 901, on: '2026-05-05', why: '=HYPERLINK("x")' };

  it('shows first what it would take, and changes nothing', async () => {
    const shown = await world.post('billing', `${path}?dryRun=true`, { ...work, returnTrips: 1 });
    expect(shown.status).toBe(200);
    expect(shown.body).toMatchObject({ amounts: [{ unit: 'timeUnit', units: 6 }], missing: [], renewals: [] });
    const { body } = await world.get('agent', '/v1/contracts/HOSTED/balance');
    expect(body.items[0]).toMatchObject({ unit: 'timeUnit', available: 16, pending: 0 });
  });

  it('counts no trips where they are paid as expenses, and says so', async () => {
    await storeCreditContract(world.pool, 'EXPENSES', LEDGER_TERMS.A);
    const body = { seconds: 901, on: '2026-05-05', why: 'w', returnTrips: 1 };
    const refused = await world.post('billing', '/v1/contracts/EXPENSES/debits?dryRun=true', body);
    expect([refused.status, refused.body.errors]).toMatchObject([422, [{ path: 'returnTrips' }]]);
  });

  it('spends, and a statement says what became of it', async () => {
    const spent = await world.post('supervisor', path, work);
    expect(spent.body.entries).toMatchObject([{ unit: 'timeUnit', kind: 'debit', available: -2, pending: 0 }]);
    const { body } = await world.get('agent', '/v1/contracts/HOSTED/statement?unit=timeUnit');
    expect(body.items).toMatchObject([
      { kind: 'purchase', available: 16, availableAfter: 16 },
      { kind: 'debit', available: -2, availableAfter: 14, on: '2026-05-05', who: 'staff:s-supervisor' },
    ]);
    const page = await world.get('agent', '/v1/contracts/HOSTED/statement?limit=1');
    expect(page.body.items).toHaveLength(1);
    const next = await world.get('agent', `/v1/contracts/HOSTED/statement?limit=1&after=${page.body.next}`);
    expect(next.body.items).toMatchObject([{ kind: 'debit', availableAfter: 14 }]);
    expect(next.body.next).toBeUndefined();
  });

  it('is refused with what is missing', async () => {
    const refused = await world.post('billing', '/v1/contracts/PREPAID/debits', { units: 11, on: today, why: 'x' });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      type: 'urn:relance:problem:insufficient-credit',
      missing: [{ unit: 'ticket', units: 1 }],
    });
  });

  it('wants units or seconds, a date that has come, and a request of the contract', async () => {
    const number = await world.open();
    for (const [body, field] of [
      [{ units: 1, seconds: 60 }, 'units'],
      [{}, 'units'],
      [{ units: 1, on: daysAfter(today, 2) }, 'on'],
      [{ units: 1, request: number }, 'request'],
      [{ units: 1, intervention: `intervention:${number}:1` }, 'intervention'],
    ] as const) {
      // Shown beforehand as it would be done.
      for (const asked of [path, `${path}?dryRun=true`]) {
        const { status, body: problem } = await world.post('billing', asked, {
          ...{ unit: 'timeUnit', on: today, why: 'x' },
          ...body,
        });
        expect([status, problem.errors?.[0]?.path]).toEqual([422, field]);
      }
    }
    const none = await world.post('billing', path, { unit: 'timeUnit', on: today, why: 'x', units: 0 });
    expect(none.body.errors).toEqual([{ path: 'units', message: 'This must be more than 0.' }]);
  });
});

describe('the statement as CSV', () => {
  it('is asked for by format or by Accept, and holds no formula', async () => {
    const path = '/v1/contracts/HOSTED/statement';
    const byFormat = await world.get('agent', `${path}?format=csv`);
    expect(byFormat.headers['content-type']).toBe('text/csv; charset=utf-8');
    const byAccept = await world.get('agent', path).set('accept', 'text/csv');
    expect(byAccept.text).toBe(byFormat.text);
    expect((await world.get('agent', path).set('accept', '*/*')).headers['content-type']).toContain('application/json');
    const [header, first, second] = byFormat.text.split('\r\n');
    expect(header?.split(',').slice(0, 7)).toEqual(['entry', 'at', 'unit', 'lot', 'kind', 'available', 'pending']);
    expect(first).toContain(',purchase,16,0,16,0,');
    expect(second).toContain(',debit,-2,0,14,0,2026-05-05,');
    expect(second).toContain(`"'=HYPERLINK(""x"")"`);
  });
});

describe('the statement for a spreadsheet', () => {
  it('opens as its reader expects: marked as UTF-8, with semicolons in French, in words and local time', async () => {
    const path = '/v1/contracts/HOSTED/statement?format=csv';
    const { text: french } = await world.get('agent', `${path}&language=fr`);
    expect(french).toMatch(/^\uFEFFÉcriture;Saisie le;Unité;Lot;Nature;/);
    const [, first = '', second = ''] = french.split('\r\n');
    expect(first).toMatch(/^\d+;\d{4}-\d\d-\d\d \d\d:\d\d:\d\d;unité de temps;\d+;achat;16;0;16;0;/);
    expect(first).toMatch(/;bon de commande (\S+);\1;/);
    expect(second).toContain(';débit;-2;0;14;0;2026-05-05;');
    expect(second).toContain(`"'=HYPERLINK(""x"")"`);
    const { text: english } = await world.get('agent', `${path}&language=en`);
    expect(english).toMatch(/^\uFEFFEntry,Entered at,Unit,/);
  });
});

describe('corrections', () => {
  it('name an operation, once, with a reason', async () => {
    const { body } = await world.get('agent', '/v1/contracts/HOSTED/statement');
    const { operation } = body.items.at(-1);
    const path = '/v1/contracts/HOSTED/corrections';
    const correction = { corrects: operation, right: [{ unit: 'timeUnit', units: 1 }], reason: 'One quarter only' };
    expect((await world.post('billing', path, correction)).status).toBe(403);
    const unclear = { ...correction, right: [...correction.right, { unit: 'timeUnit', units: 0 }] };
    expect((await world.post('supervisor', path, unclear)).body.errors?.[0]?.path).toBe('right');
    const done = await world.post('supervisor', path, correction);
    expect(done.body.entries).toMatchObject([{ kind: 'correct', available: 1 }]);
    expect((await world.post('supervisor', path, correction)).body.type).toBe('urn:relance:problem:conflict');
    for (const [wrong, field] of [
      [{ corrects: 'nothing' }, 'corrects'],
      [{ right: [{ unit: 'halfDay', units: 1 }] }, 'right.0.unit'],
    ] as const) {
      const { status, body: problem } = await world.post('supervisor', path, { ...correction, ...wrong });
      expect([status, problem.errors]).toMatchObject([422, [{ path: field }]]);
    }
    const after = await world.get('agent', '/v1/contracts/HOSTED/statement');
    expect(after.body.items.at(-1)).toMatchObject({ corrects: operation, why: 'One quarter only', availableAfter: 15 });
  });
});

describe('an order that was wrong', () => {
  it('says what it counts as, correction by correction', async () => {
    const { body: order } = await world.post('billing', '/v1/contracts/PREPAID/orders', {
      ...{ pack: 20, signedOn: today, orderForm: 'BC-WRONG' },
    });
    const orders = async () => (await world.get('billing', '/v1/contracts/PREPAID/orders')).body.items;
    const correct = async (corrects: string, units: number) => {
      const body = { corrects, right: [{ unit: 'ticket', units }], reason: 'another pack was signed' };
      const done = await world.post('supervisor', '/v1/contracts/PREPAID/corrections', body);
      expect(done.status).toBe(201);
      return done.body.operation;
    };
    expect((await orders())[0].correctedTo).toBeUndefined();
    const once = await correct(order.key, 4);
    expect((await orders())[0]).toMatchObject({ orderForm: 'BC-WRONG', units: 20, correctedTo: 4 });
    await correct(once, 0);
    expect((await orders())[0]).toMatchObject({ orderForm: 'BC-WRONG', units: 20, correctedTo: 0 });
    expect((await orders())[1].correctedTo).toBeUndefined();
  });
});

describe('the catalogue', () => {
  it('has the 14 services with their prerequisites, limits and pack', async () => {
    const { body } = await asCustomer('/v1/contracts/PREPAID/catalogue');
    expect(body.items).toHaveLength(14);
    for (const service of body.items) {
      expect(service).toMatchObject({ code: expect.any(String), unit: 'ticket', prerequisites: expect.any(Array) });
      expect([4, 10, 20]).toContain(service.recommendedPack);
    }
  });
});

it('another contract is not there', async () => {
  for (const what of ['balance', 'statement', 'catalogue', 'reservations', 'orders', 'packs']) {
    expect((await asCustomer(`/v1/contracts/HOSTED/${what}`)).status).toBe(404);
  }
});

describe('the end of a contract', () => {
  it('is noted by a supervisor, read by everybody on it, and nothing is bought or spent for a day after it', async () => {
    await storeCreditContract(world.pool, 'ENDING', LEDGER_TERMS.E);
    await order('ENDING', { pack: 16, unit: 'timeUnit' });
    const lastDay = daysAfter(today, -1);
    const path = '/v1/contracts/ENDING/end';
    const wrong = await world.post('supervisor', path, { lastDay: '2026-02-30', reason: 'Letter' });
    expect(wrong.status).toBe(422);
    await world.post('supervisor', path, { lastDay: today, reason: 'Letter of the 10th' });
    const { body: balance } = await world.get('billing', '/v1/contracts/ENDING/balance');
    expect(JSON.stringify(balance)).toContain(`"lastDay":"${today}"`);
    // A day that is past would take what is left at once.
    const end = { lastDay, reason: 'Letter of the 12th' };
    const shown = await world.post('supervisor', `${path}?dryRun=true`, end);
    expect(shown.body).toEqual({ expires: { timeUnit: 16 }, atOnce: true });
    expect((await world.post('supervisor', `${path}?dryRun=true`, { ...end, lastDay: today })).body.atOnce).toBe(false);
    const unshown = await world.post('supervisor', path, end);
    expect([unshown.status, unshown.body.errors]).toMatchObject([409, [{ path: 'expires' }]]);
    const other = await world.post('supervisor', path, { ...end, expires: { timeUnit: 15 } });
    expect(other.status).toBe(409);
    const noted = await world.post('supervisor', path, { ...end, expires: { timeUnit: 16 } });
    expect([noted.status, noted.body.endsOn]).toEqual([200, lastDay]);
    expect((await world.get('billing', '/v1/contracts/ENDING')).body.endsOn).toBe(lastDay);
    const late = await order('ENDING', { pack: 16, unit: 'timeUnit' });
    expect([late.status, late.body.type]).toEqual([422, 'urn:relance:problem:not-covered']);
    const back = await world.post('supervisor', path, { lastDay: null, reason: 'It goes on.' });
    expect(back.body.endsOn).toBeUndefined();
    expect((await order('ENDING', { pack: 16, unit: 'timeUnit' })).status).toBe(201);
    expect((await world.post('supervisor', '/v1/contracts/NONE/end', { lastDay, reason: 'r' })).status).toBe(404);
  });
});
