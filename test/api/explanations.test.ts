import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveRequestState } from '../../db/saveRequest.ts';
import { explainDeadline } from '../../operations/deadlineExplained.ts';
import { deadlineText } from '../../operations/deadlineText.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { openLife } from '../support/life.ts';

let world: ApiWorld;
let number: string;

beforeAll(async () => {
  world = await createApiWorld();
  number = await world.open();
});
afterAll(() => world.close());

const explanation = (caller: 'agent' | 'customer' | 'stranger', clock: string, of = number) =>
  world.get(caller, `/v1/requests/${of}/clocks/${clock}/explanation`);

/** Puts the state of a life in the place of the request's own: its instants are known. */
async function living(life: ReturnType<typeof openLife>): Promise<string> {
  const replaced = await world.open();
  const state = { ...life.state, number: replaced, contract: 'ONE', seq: 1_000 };
  const key = `request:${replaced}:save:1000` as const;
  await saveRequestState(world.pool, { key, seq: 1_000, state, view: { ...life.view, number: replaced }, entries: [] });
  return replaced;
}

describe('the explanation of a clock', () => {
  it('adds up to the budget and ends with the due moment that the request shows', async () => {
    const request = await world.get('customer', `/v1/requests/${number}`);
    const shown = request.body.clocks.find((clock: { name: string }) => clock.name === 'resolution');
    const { status, body } = await explanation('customer', 'resolution');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      number,
      clock: 'resolution',
      status: 'running',
      zone: 'Europe/Paris',
      termsVersion: 1,
    });
    expect(body.delay).toEqual({ businessDays: 5, calendar: 'support' });
    expect(body.businessDays).toHaveLength(5);
    expect(body.dueAt).toBe(shown.dueAt);
    expect(body.until).toBe(shown.dueAt);
    const counted = body.steps.filter((step: { kind: string }) => step.kind === 'counted');
    expect(counted.reduce((sum: number, step: { seconds: number }) => sum + step.seconds, 0)).toBe(body.budgetSeconds);
    expect(body.usedSeconds).toBe(body.budgetSeconds);
  });

  it('names holidays, closed days and pauses', async () => {
    const life = openLife('blocking', '2026-12-24 16:00')
      .on('2026-12-24 17:00', 'ask', { text: 't' })
      .on('2026-12-28 11:00', 'answer', {});
    const { body } = await explanation('agent', 'workaround', await living(life));
    expect(body.steps.slice(0, 5)).toEqual([
      {
        kind: 'counted',
        from: '2026-12-24T15:00:00.000Z',
        to: '2026-12-24T16:00:00.000Z',
        date: '2026-12-24',
        seconds: 3_600,
        total: 3_600,
      },
      {
        kind: 'paused',
        from: '2026-12-24T16:00:00.000Z',
        to: '2026-12-28T10:00:00.000Z',
        seconds: 3 * 3_600,
        causes: ['waiting'],
      },
      {
        kind: 'closed',
        from: '2026-12-24T23:00:00.000Z',
        to: '2026-12-25T23:00:00.000Z',
        firstDate: '2026-12-25',
        lastDate: '2026-12-25',
        because: 'holiday',
        name: { fr: 'Noël', en: 'Christmas Day' },
      },
      {
        kind: 'closed',
        from: '2026-12-25T23:00:00.000Z',
        to: '2026-12-27T23:00:00.000Z',
        firstDate: '2026-12-26',
        lastDate: '2026-12-27',
        because: 'week',
      },
      {
        kind: 'counted',
        from: '2026-12-28T10:00:00.000Z',
        to: '2026-12-28T17:00:00.000Z',
        date: '2026-12-28',
        seconds: 7 * 3_600,
        total: 8 * 3_600,
      },
    ]);
  });

  it('goes to where a clock stands still', async () => {
    const waiting = openLife('major', '2026-11-16 10:00').on('2026-11-16 11:00', 'ask', { text: 't' });
    const { body } = await explanation('customer', 'resolution', await living(waiting));
    expect(body).toMatchObject({ status: 'paused', usedSeconds: 3_600, until: '2026-11-16T10:00:00.000Z' });
    expect(body.dueAt).toBeUndefined();
  });

  it('is not there for what is not promised, or not to be seen', async () => {
    for (const clock of ['recovery', 'resolutions']) {
      const { status, body } = await explanation('agent', clock);
      expect(status).toBe(404);
      expect(body.detail).toContain('clock');
    }
    expect((await explanation('stranger', 'resolution')).status).toBe(404);
    expect((await explanation('agent', 'resolution', 'DA-2026-999999')).status).toBe(404);
  });
});

describe('npm run deadline', () => {
  const ask = (question: object) => explainDeadline(world.pool, { contract: 'ONE', pause: [], ...question });

  it('says it of a request that might be', async () => {
    const question = { clock: 'resolution', from: '2026-12-23T16:20', pause: ['2026-12-24T10:00/2026-12-24T12:00'] };
    const { deadline, explanation: explained, steps } = await ask(question);
    const text = deadlineText(deadline, explained, steps);
    expect(text).toMatch(/^ONE, terms 1, major: resolution within 8 business days of calendar support, firm\n/);
    expect(text).toContain('paused: waiting on the customer; 2:00 not counted');
    expect(text.trimEnd()).toMatch(/\nDue Thu 2027-01-07 09:20, Europe\/Paris \(UTC\+01:00\)$/);
  });

  it.each([
    [{ contract: undefined }, 'Say which contract with --contract: ONE, TWO.'],
    [{ contract: 'THREE' }, 'Say which contract with --contract: ONE, TWO.'],
    [{ clock: 'resolution', priority: 'P2' }, 'There is no such priority; known are blocking, major, minor.'],
    [{}, 'Say which clock with --clock: major promises acknowledgement, workaround, resolution.'],
    [{ priority: 'minor', clock: 'resolution' }, 'Say which clock with --clock: minor promises acknowledgement.'],
    [{ clock: 'resolution', from: 'tomorrow' }, '"tomorrow" is no ISO 8601 date and time.'],
    [{ clock: 'resolution', pause: ['2026-12-24'] }, 'A pause is written from/to'],
    [{ clock: 'resolution', pause: ['2026-12-24T10:00/2026-12-24T09:00'] }, 'is before'],
  ])('of %j says what there is', async (question, words) => {
    await expect(ask(question)).rejects.toThrow(words);
  });
});
