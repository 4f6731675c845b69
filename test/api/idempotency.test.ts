import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contentHash } from '../../db/contentHash.ts';
import { claimKey, forgetOldKeys, storeAnswer } from '../../db/idempotencyKeys.ts';
import { type ApiWorld, createApiWorld, OPENING } from '../support/apiWorld.ts';
import { until } from '../support/until.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterEach(() => {
  world.door.away = undefined;
  world.door.gate = undefined;
});
afterAll(() => world.close());

/** How long a call whose process died keeps its key. */
const CLAIM_SECONDS = 5;

async function count(table: string, number?: string): Promise<number> {
  const { rows } = await world.pool.query(
    `SELECT count(*)::int AS n FROM ${table} WHERE $1::text IS NULL OR number = $1`,
    [number ?? null],
  );
  return rows[0].n;
}

describe('the same call sent again with its key', () => {
  it('opens one request, and gets the same answer', async () => {
    const before = await count('requests');
    const key = randomUUID();
    const first = await world.post('agent', '/v1/requests', OPENING, key);
    const second = await world.post('agent', '/v1/requests', OPENING, key);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers.location).toBe(first.headers.location);
    expect(second.headers.etag).toBe(first.headers.etag);
    expect(await count('requests')).toBe(before + 1);
  });

  it('does a command once', async () => {
    const number = await world.open();
    const key = randomUUID();
    const path = `/v1/requests/${number}/note`;
    const first = await world.post('agent', path, { text: 'Seen.' }, key);
    const again = await world.post('agent', path, { text: 'Seen.' }, key);
    expect(first.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect(await count('timeline', number)).toBe(2);
    expect(await count('texts', number)).toBe(2);
  });

  it('takes the same JSON in another order for the same body', async () => {
    const key = randomUUID();
    const first = await world.post('agent', '/v1/requests', OPENING, key);
    const reversed = Object.fromEntries(Object.entries(OPENING).reverse());
    expect((await world.post('agent', '/v1/requests', reversed, key)).body).toEqual(first.body);
  });

  it('with another body is refused', async () => {
    const key = randomUUID();
    await world.post('agent', '/v1/requests', OPENING, key);
    const response = await world.post('agent', '/v1/requests', { ...OPENING, subject: 'Another' }, key);
    expect(response.status).toBe(422);
    expect(response.body.type).toBe('urn:relance:problem:idempotency-key-reused');
  });

  it('belongs to one caller and one path', async () => {
    const [one, two] = [await world.open(), await world.open()];
    const key = randomUUID();
    for (const [caller, number] of [
      ['agent', one],
      ['agent', two],
      ['supervisor', one],
    ] as const) {
      const { body } = await world.post(caller, `/v1/requests/${number}/note`, { text: 'Seen.' }, key);
      expect(body.number).toBe(number);
    }
    expect(await count('timeline', one)).toBe(3);
    expect(await count('timeline', two)).toBe(2);
  });

  it('may have 255 characters and no more', async () => {
    const number = await world.open();
    const path = `/v1/requests/${number}/acknowledge`;
    const long = await world.post('agent', path, {}, 'k'.repeat(256));
    expect([long.status, long.body.type]).toEqual([400, 'urn:relance:problem:malformed']);
    expect((await world.post('agent', path, {}, 'k'.repeat(255))).status).toBe(200);
  });
});

describe('while the first call runs', () => {
  it('answers 409 with Retry-After, then the result', async () => {
    const before = await count('requests');
    let letGo = () => {};
    world.door.gate = new Promise((resolve) => {
      letGo = resolve;
    });
    const key = randomUUID();
    const calls = world.door.calls.length;
    const first = world.post('agent', '/v1/requests', OPENING, key).then((response) => response);
    await expect.poll(() => world.door.calls.length).toBe(calls + 1);
    const second = await world.post('agent', '/v1/requests', OPENING, key);
    expect(second.status).toBe(409);
    expect(Number(second.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(second.headers['retry-after'])).toBeLessThanOrEqual(CLAIM_SECONDS);
    letGo();
    expect((await first).status).toBe(201);
    expect((await world.post('agent', '/v1/requests', OPENING, key)).body).toEqual((await first).body);
    expect(await count('requests')).toBe(before + 1);
  });

  it('keeps its key for as long as it runs', async () => {
    let letGo = () => {};
    world.door.gate = new Promise((resolve) => {
      letGo = resolve;
    });
    const key = randomUUID();
    const runningUntil = async () => {
      const { rows } = await world.pool.query<{ at: Date }>(
        'SELECT running_until AS at FROM idempotency_keys WHERE key = $1 AND running_until IS NOT NULL',
        [key],
      );
      return rows[0]?.at.getTime();
    };
    const first = world.post('agent', '/v1/requests', OPENING, key).then((response) => response);
    const claimed = await until(runningUntil);
    await until(async () => ((await runningUntil()) ?? 0) > claimed);
    letGo();
    expect((await first).status).toBe(201);
    expect(await runningUntil()).toBeUndefined();
  });

  it('of an opening that was taken over, only one registers a request', async () => {
    const before = await count('requests');
    const key = randomUUID();
    // Both have claimed the key before either has a number, as when the first could not renew its claim.
    const holder = await world.pool.connect();
    await holder.query('BEGIN; LOCK TABLE requests IN SHARE ROW EXCLUSIVE MODE');
    const calls = [];
    try {
      for (const _ of [1, 2]) {
        calls.push(world.post('agent', '/v1/requests', OPENING, key).then((response) => response));
        await until(async () => (await waitingInserts()) === calls.length);
        await world.pool.query('UPDATE idempotency_keys SET running_until = NULL WHERE key = $1', [key]);
      }
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    const statuses = (await Promise.all(calls)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 409]);
    expect(await count('requests')).toBe(before + 1);
    expect((await world.post('agent', '/v1/requests', OPENING, key)).status).toBe(201);
    expect(await count('requests')).toBe(before + 1);
  });

  it('lets one of ten through, however close they come', async () => {
    const before = await count('requests');
    const key = randomUUID();
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => world.post('agent', '/v1/requests', OPENING, key)),
    );
    const statuses = new Set(responses.map(({ status }) => status));
    expect(statuses.has(201)).toBe(true);
    expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
    const numbers = responses.filter(({ status }) => status === 201).map(({ body }) => body.number);
    expect(new Set(numbers).size).toBe(1);
    expect(await count('requests')).toBe(before + 1);
  });
});

async function waitingInserts(): Promise<number> {
  const { rows } = await world.pool.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO requests%'`,
  );
  return rows[0].n;
}

describe('final answers', () => {
  it('are stored when the domain refuses: the same key is refused again, though it would be possible now', async () => {
    const number = await world.open();
    const key = randomUUID();
    const path = `/v1/requests/${number}/defer`;
    const first = await world.post('agent', path, { text: 'Later.' }, key);
    expect(first.status).toBe(409);
    await world.give(number, ['acknowledge'], ['requalify', { priority: 'minor', text: 'Small.' }]);
    expect((await world.post('agent', path, { text: 'Later.' }, key)).body).toEqual(first.body);
    expect((await world.post('agent', path, { text: 'Later.' })).status).toBe(200);
  });

  it('are not those of a body that was wrong: it may be corrected under its key', async () => {
    const key = randomUUID();
    expect((await world.post('agent', '/v1/requests', { ...OPENING, subject: '' }, key)).status).toBe(422);
    expect((await world.post('agent', '/v1/requests', OPENING, key)).status).toBe(201);
  });

  it('are not 403: who gets the right later may use the key', async () => {
    const number = await world.open();
    const key = randomUUID();
    expect((await world.post('agent', `/v1/requests/${number}/amendTerms`, { version: 1 }, key)).status).toBe(403);
    const { rows } = await world.pool.query('SELECT FROM idempotency_keys WHERE key = $1', [key]);
    expect(rows).toHaveLength(0);
  });
});

describe('after 503', () => {
  it('an opening that was not begun goes on with the same number', async () => {
    const before = await count('requests');
    const key = randomUUID();
    world.door.away = 'before';
    const first = await world.post('agent', '/v1/requests', OPENING, key);
    expect(first.status).toBe(503);
    expect(Number(first.headers['retry-after'])).toBeGreaterThan(0);
    const { rows } = await world.pool.query('SELECT number FROM idempotency_keys WHERE key = $1', [key]);
    world.door.away = undefined;
    const second = await world.post('agent', '/v1/requests', OPENING, key);
    expect(second.status).toBe(201);
    expect(second.body.number).toBe(rows[0].number);
    expect(await count('requests')).toBe(before + 1);
  });

  it('a command whose answer was lost is not done again', async () => {
    const number = await world.open();
    const key = randomUUID();
    const path = `/v1/requests/${number}/logWork`;
    world.door.away = 'after';
    expect((await world.post('agent', path, { seconds: 60, text: 'Looked.' }, key)).status).toBe(503);
    world.door.away = undefined;
    expect((await world.post('agent', path, { seconds: 60, text: 'Looked.' }, key)).status).toBe(200);
    const { body } = await world.get('agent', `/v1/requests/${number}/timeline`);
    expect(body.items.map(({ type }: { type: string }) => type)).toEqual(['opened', 'workLogged']);
    expect(body.items[1].text).toBe('Looked.');
    expect(await count('texts', number)).toBe(2);
  });

  it('a call whose process died is answered within three repeats at the offered pace', async () => {
    const number = await world.open();
    const key = randomUUID();
    const route = `POST /v1/requests/{number}/acknowledge number=${number}`;
    await claimKey(world.pool, { caller: 'staff:s-agent', route, key }, contentHash({}));
    const statuses: number[] = [];
    for (let repeat = 1; repeat <= 3 && statuses.at(-1) !== 200; repeat++) {
      const { status, headers } = await world.post('agent', `/v1/requests/${number}/acknowledge`, {}, key);
      statuses.push(status);
      await sleep(Number(headers['retry-after'] ?? 0) * 1_000);
    }
    expect(statuses).toEqual([409, 200]);
  });

  it('of two that carried out the same call, both give the answer that was stored first', async () => {
    const call = { caller: 'staff:s-agent', route: 'POST /v1/requests', key: randomUUID() };
    await claimKey(world.pool, call, contentHash({}));
    const answer = (content: string) => ({ status: 201, body: { headers: {}, content } });
    expect(await storeAnswer(world.pool, call, answer('first'))).toEqual(answer('first'));
    expect(await storeAnswer(world.pool, call, answer('second'))).toEqual(answer('first'));
  });

  it('a call that died is taken over once its time has run out, with the same command id', async () => {
    const number = await world.open();
    const key = randomUUID();
    const path = `/v1/requests/${number}/acknowledge`;
    world.door.away = 'after';
    await world.post('agent', path, {}, key);
    world.door.away = undefined;
    const running = (until: string) =>
      world.pool.query(`UPDATE idempotency_keys SET running_until = now() ${until} WHERE key = $1`, [key]);
    await running("+ interval '20 seconds'");
    expect((await world.post('agent', path, {}, key)).status).toBe(409);
    await running("- interval '1 second'");
    expect((await world.post('agent', path, {}, key)).body.status).toBe('inProgress');
  });
});

describe('keys', () => {
  it('are forgotten after 30 days', async () => {
    const key = randomUUID();
    const first = await world.post('agent', '/v1/requests', OPENING, key);
    const age = (days: number) =>
      world.pool.query("UPDATE idempotency_keys SET created_at = now() - $2 * interval '1 day' WHERE key = $1", [
        key,
        days,
      ]);
    await age(29);
    expect((await world.post('agent', '/v1/requests', OPENING, key)).body.number).toBe(first.body.number);
    await age(31);
    expect((await world.post('agent', '/v1/requests', OPENING, key)).body.number).not.toBe(first.body.number);
    await age(31);
    expect(await forgetOldKeys(world.pool)).toBe(1);
  });
});
