/** What transitions of an escalation leave in Postgres: in any order, any number of times. */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEscalationActivities } from '../../activities/escalations.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { publisherSupport } from '../../contracts/templates/publisherSupport.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { readEscalationRow } from '../../db/escalations.ts';
import { createPool } from '../../db/pool.ts';
import { registerRequest } from '../../db/requests.ts';
import { deleteText, storeText } from '../../db/texts.ts';
import type { EscalationRules } from '../../domain/escalation/draft.ts';
import { advanceEscalation, type EscalationAdvance, openEscalation } from '../../domain/escalation/escalation.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import type { EscalationId } from '../../domain/escalation/state.ts';
import type { EscalationTerms } from '../../domain/escalation/terms.ts';
import { viewOf } from '../../domain/escalation/view.ts';
import { rulesOf } from '../../domain/rules.ts';
import { wholeTerms } from '../../domain/shortTerms.ts';
import type { SaveEscalation } from '../../workflows/escalationMessages.ts';
import { termsOf } from '../support/apiWorld.ts';
import { local } from '../support/businessTime.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ESCALATION_FIELDS } from '../support/escalationLife.ts';

const NOW = local('2026-11-16 10:00');

let database: TestDatabase;
let pool: Pool;
let activities: ReturnType<typeof createEscalationActivities>;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.url, log: { warn: () => undefined } });
  activities = createEscalationActivities({ pool, now: () => NOW });
  const parties = { customer: 'Customer One', provider: 'Support Example' };
  for (const [reference, terms] of [
    ['ONE', termsOf(anomalySupport(parties))],
    ['PUB', termsOf(publisherSupport({ customer: 'Support Example', provider: 'Publisher' }))],
  ] as const) {
    await storeContract(pool, { reference, terms });
    await storeTerms(pool, reference, 1, '2026-01-01', terms);
    const contact = { id: `c-${reference}`, contract: reference, name: 'Person', email: `${reference}@customer.test` };
    await storeContact(pool, { ...contact, language: 'fr', trained: true });
  }
  await pool.query(
    `INSERT INTO publishers (id, name, email, language) VALUES ('pub1', 'Publisher', 'support@publisher.test', 'en')`,
  );
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** The row of a new escalation, whose package is complete. */
async function complete(priority: string): Promise<EscalationId> {
  const request = await registerRequest(pool, {
    ...{ contract: 'ONE', zone: 'Europe/Paris', termsVersion: 1, contact: 'c-ONE', language: 'fr' },
    ...{ priority: 'blocking', subject: 'Empty list', description: 'Every time.', who: 'staff:s1', channel: 'api' },
  });
  const id: EscalationId = `escalation:${request}:1`;
  await pool.query(
    `INSERT INTO escalations (id, request, n, contract, terms_version, publisher, stage, priority, referent, drafted_by)
     VALUES ($1, $2, 1, 'PUB', 1, 'pub1', 'sending', $3, 'c-PUB', 'staff:s1')`,
    [id, request, priority],
  );
  return id;
}

/** Its saves, in the order in which the core ordered them. */
async function life(
  id: EscalationId,
  ...events: readonly (Partial<EscalationEvent> & { type: EscalationEvent['type']; at: number })[]
): Promise<SaveEscalation[]> {
  const input = await activities.prepareEscalation({ id, commandId: 'send' });
  const rules: EscalationRules = rulesOf({
    terms: wholeTerms(input.terms) as EscalationTerms,
    windows: input.windows,
  });
  if (!input.send) throw new Error('nothing to send');
  let result = openEscalation(input, { ...input.send, type: 'send', at: NOW }, rules);
  const saves = savesOf(result, rules);
  for (const event of events) {
    const defaults = {
      ...(ESCALATION_FIELDS as Record<string, object>)[event.type],
      who: 'publisher:p1',
      channel: 'api',
    };
    result = advanceEscalation(result.state, { ...defaults, ...event } as EscalationEvent, rules);
    saves.push(...savesOf(result, rules));
  }
  return saves;
}

function savesOf({ state, effects }: EscalationAdvance, rules: EscalationRules): SaveEscalation[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== 'save') return [];
    const { key, seq, entries } = effect;
    return [{ key, seq, entries, state, view: viewOf(state, rules) }];
  });
}

async function save(input: SaveEscalation | undefined): Promise<void> {
  if (!input) throw new Error('there is no such save');
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  await environment.run(activities.saveEscalation, input);
}

async function lines(id: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `SELECT type || ' ' || audience AS line FROM escalation_timeline WHERE escalation = $1 ORDER BY seq, line`,
    [id],
  );
  return rows.map(({ line }) => line);
}

async function late(id: string): Promise<unknown> {
  const { rows } = await pool.query('SELECT * FROM late_escalations WHERE escalation = $1', [id]);
  return rows[0];
}

describe('a new escalation', () => {
  it('takes along the publisher’s terms, hours and priority, in the name of its referent', async () => {
    const id = await complete('p2');
    const input = await activities.prepareEscalation({ id, commandId: 'cmd' });
    expect(input).toMatchObject({
      id,
      n: 1,
      publisher: 'pub1',
      terms: { contract: 'PUB', version: 1, countedInAvailability: ['p1', 'p2'] },
      windows: { publisher: { zone: 'Europe/Paris' } },
      send: { priority: 'p2', sentBy: 'contact:c-PUB', who: 'staff:s1', commandId: 'cmd' },
    });
  });

  it('is not made of a draft', async () => {
    const id = await complete('p2');
    await pool.query(`UPDATE escalations SET stage = 'draft' WHERE id = $1`, [id]);
    await expect(activities.prepareEscalation({ id, commandId: 'cmd' })).rejects.toThrow('no escalation');
  });
});

describe('a save', () => {
  it('makes the row sent, with its state, view and lines for their audiences', async () => {
    const id = await complete('p2');
    const [first, second] = await life(id, { type: 'acknowledge', at: NOW + 60_000 });
    await save(first);
    await save(second);
    await save(second);
    expect(await readEscalationRow(pool, id)).toMatchObject({
      stage: 'sent',
      version: 2,
      state: { status: 'acknowledged' },
      view: { status: 'acknowledged', sr: { number: 'SR-2026-000001' } },
    });
    expect(await lines(id)).toEqual(['sent publisher', 'acknowledged publisher']);
  });

  it('that comes late changes the timeline alone', async () => {
    const id = await complete('p2');
    const [first, second] = await life(id, { type: 'acknowledge', at: NOW + 60_000 });
    await save(second);
    await save(first);
    expect(await readEscalationRow(pool, id)).toMatchObject({ version: 2, state: { status: 'acknowledged' } });
    expect(await lines(id)).toEqual(['sent publisher', 'acknowledged publisher']);
  });

  it('of other content under the same key is a conflict', async () => {
    const id = await complete('p2');
    const [first] = await life(id);
    if (!first) throw new Error('no save');
    await save(first);
    const other = { ...first, entries: first.entries.map((entry) => ({ ...entry, at: entry.at + 1 })) };
    await expect(save(other)).rejects.toMatchObject({ type: 'EffectConflict', nonRetryable: true });
  });

  it('records what is late for the availability, until it is resolved', async () => {
    const id = await complete('p1');
    const text = randomUUID();
    await storeText(pool, { id: text, number: id.split(':')[1] ?? '', body: 'Take this.', author: 'publisher:p1' });
    const [, acknowledged, breached, delivered, accepted] = await life(
      id,
      { type: 'acknowledge', at: NOW },
      { type: 'time', at: local('2026-11-20 10:00') },
      { type: 'deliverFix', at: local('2026-11-20 11:00'), text },
      {
        type: 'told',
        at: local('2026-11-21 10:00'),
        verdict: {
          id: 'v',
          at: local('2026-11-21 10:00'),
          who: 'contact:c1',
          what: 'accepted',
          kind: 'fix',
          ends: true,
        },
      },
    );
    await save(acknowledged);
    expect(await late(id)).toBeUndefined();
    await save(breached);
    const due = new Date(local('2026-11-19 10:00'));
    expect(await late(id)).toMatchObject({ acknowledged_at: new Date(NOW), due_at: due, resolved_at: null });
    await save(delivered);
    await save(accepted);
    expect(await late(id)).toMatchObject({ due_at: due, resolved_at: new Date(local('2026-11-20 11:00')) });
  });
});

describe('a text whose command is refused', () => {
  const isThere = async (id: string) => (await pool.query('SELECT FROM texts WHERE id = $1', [id])).rowCount === 1;

  async function refused(id: EscalationId): Promise<string> {
    const text = randomUUID();
    await storeText(pool, { id: text, number: id.split(':')[1] ?? '', body: 'Take this.', author: 'publisher:p1' });
    return text;
  }

  it('goes, when nothing names it', async () => {
    const text = await refused(await complete('p2'));
    await deleteText(pool, text);
    expect(await isThere(text)).toBe(false);
  });

  it('stays, when a line of the escalation or a package names it', async () => {
    const id = await complete('p2');
    const [told, packed] = [await refused(id), await refused(id)];
    await pool.query(
      `INSERT INTO escalation_timeline (escalation, seq, line, at, type, audience, who, channel, text_id)
       VALUES ($1, 9, 0, now(), 'noted', 'publisher', 'publisher:p1', 'api', $2)`,
      [id, told],
    );
    await pool.query('UPDATE escalations SET parts = $2 WHERE id = $1', [id, { problem: { given: `See ${packed}.` } }]);
    for (const text of [told, packed]) {
      await deleteText(pool, text);
      expect(await isThere(text)).toBe(true);
    }
  });
});

describe('the input that makes a lost run again', () => {
  const again = (id: EscalationId) => activities.storedEscalation({ id, commandId: 'again' });

  it('is the package until something was saved, then the stored state', async () => {
    const id = await complete('p2');
    expect(await again(id)).toMatchObject({ id, send: { priority: 'p2', commandId: 'again' } });
    const [sent, acknowledged] = await life(id, { type: 'acknowledge', at: NOW + 60_000 });
    await save(sent);
    await save(acknowledged);
    const input = await again(id);
    expect(input?.send).toBeUndefined();
    expect(input?.state).toMatchObject({ seq: 2, status: 'acknowledged' });
  });

  it('is none when it is over, unless refused work is to be quoted', async () => {
    const over = await complete('p2');
    for (const one of await life(over, { type: 'withdraw', at: NOW + 60_000 })) await save(one);
    expect(await again(over)).toBeUndefined();
    const refusedOne = await complete('p3');
    for (const one of await life(refusedOne, { type: 'refuse', at: NOW + 60_000 })) await save(one);
    expect((await again(refusedOne))?.state).toMatchObject({ status: 'refused', tasks: [{ kind: 'quote' }] });
  });
});

it('a report is filed once', async () => {
  const id = await complete('p3');
  const row = await readEscalationRow(pool, id);
  const report = { id: `${id}:report.withdrawn:3`, n: 1, at: NOW, who: 'staff:s1', what: 'withdrawn' } as const;
  for (let time = 0; time < 2; time++) await activities.fileReport({ request: row?.request ?? '', report });
  const { rows } = await pool.query('SELECT report FROM escalation_reports WHERE id = $1', [report.id]);
  expect(rows).toEqual([{ report }]);
});

it('wider windows reach back to the sending', async () => {
  const from = local('2026-10-01 10:00');
  const windows = await activities.extendPublisherWindows({ contract: 'PUB', termsVersion: 1, from });
  expect(windows.publisher?.from).toBeLessThanOrEqual(from);
  await expect(activities.extendPublisherWindows({ contract: 'PUB', termsVersion: 2, from })).rejects.toThrow(
    'no terms',
  );
});
