/** Mails of contacts whose contract has ended. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MailDoor } from '../../client/mailDelivery.ts';
import { acceptMail } from '../../client/mailReview.ts';
import { localDate } from '../../contracts/zone.ts';
import { noteContractEnd } from '../../db/contractEnds.ts';
import { readRequestRow } from '../../db/requests.ts';
import { daysAfter } from '../../domain/localDates.ts';
import { CLAIRE, createRelayWorld, DOMAIN, type RelayWorld } from '../support/relayWorld.ts';
import { until } from '../support/until.ts';

const FRESH = { to: `sr@${DOMAIN}`, subject: 'Panne', text: 'Aïe' };
const BOTH = 'both@customer.test';

let world: RelayWorld;
let yesterday: string;
beforeAll(async () => {
  world = await createRelayWorld();
});
afterAll(() => world?.close());
beforeEach(() => {
  yesterday = daysAfter(localDate('Europe/Paris', Date.now()), -1);
});
afterEach(async () => {
  await world.stopRelays();
  for (const contract of ['ONE', 'TWO']) await end(contract, null);
  await world.pool.query('DELETE FROM inbound_mails');
  await world.pool.query('DELETE FROM notices');
});

/** Who is told what: kind, address, and what of. */
async function told(): Promise<unknown[]> {
  const { rows } = await world.pool.query('SELECT kind, address, contract, about FROM notices ORDER BY created_at');
  return rows;
}

const toldOfEnd = (address: string) => ({ kind: 'contractEnded', address, contract: 'ONE', about: yesterday });

const end = (contract: string, lastDay: string | null = yesterday) =>
  noteContractEnd(world.pool, contract, { lastDay, reason: 'A letter.', by: 'staff:s-supervisor' });

const contractOf = async (number: string | null | undefined) =>
  (await readRequestRow(world.pool, number ?? ''))?.contract;

describe('a new mail of a contact whose contract has ended', () => {
  it('opens nothing, and waits for a person who sees why', async () => {
    await end('ONE');
    world.startRelay();
    const before = await world.requests();
    await world.deliver({ ...FRESH, from: CLAIRE });
    expect(await world.settled(1)).toMatchObject([
      { disposition: 'unverified', reason: 'contractEnded', contact: 'claire', number: null, stage: 'relayed' },
    ]);
    expect(await world.requests()).toEqual(before);
    expect(await told()).toEqual([toldOfEnd(CLAIRE)]);
  });

  it('tells no colleagues that somebody without training has asked', async () => {
    await end('ONE');
    world.startRelay();
    await world.deliver({ ...FRESH, from: 'uma@customer.test' });
    expect(await world.settled(1)).toMatchObject([{ reason: 'contractEnded', contact: 'uma' }]);
    expect(await told()).toEqual([toldOfEnd('uma@customer.test')]);
  });

  it('opens a request under the other contract, where that one alone is in force', async () => {
    await end('ONE');
    world.startRelay();
    await world.deliver({ ...FRESH, from: BOTH });
    const [row] = await world.settled(1);
    expect(row).toMatchObject({ disposition: 'opening', contact: 'both-TWO' });
    expect(await contractOf(row?.number)).toBe('TWO');
  });

  it('is left to staff when all of several have ended, or several are in force', async () => {
    world.startRelay();
    await world.deliver({ ...FRESH, from: BOTH });
    await world.settled(1);
    await end('ONE');
    await end('TWO');
    await world.deliver({ ...FRESH, from: BOTH, text: 'Encore' });
    expect(await world.settled(2)).toMatchObject([
      { disposition: 'unmatched', reason: 'severalContracts', number: null },
      { disposition: 'unmatched', reason: 'contractEnded', number: null },
    ]);
    expect(await told()).toEqual([]);
  });

  it('opens a request when the mail was received in time, however late it is read', async () => {
    await world.deliver({ ...FRESH, from: CLAIRE, text: 'La veille.' });
    await world.pool.query("UPDATE inbound_mails SET received_at = received_at - interval '25 hours'");
    await end('ONE');
    world.startRelay();
    const [row] = await world.settled(1);
    expect(row).toMatchObject({ disposition: 'opening', contact: 'claire' });
    expect(await contractOf(row?.number)).toBe('ONE');
  });

  it('opens a request on the last day, and once the end is taken back', async () => {
    await end('ONE', daysAfter(yesterday, 1));
    world.startRelay();
    await world.deliver({ ...FRESH, from: CLAIRE, text: 'Le dernier jour.' });
    await world.settled(1);
    await end('ONE');
    await world.deliver({ ...FRESH, from: CLAIRE, text: 'Après.' });
    await world.settled(2);
    await end('ONE', null);
    await world.deliver({ ...FRESH, from: CLAIRE, text: 'Il continue.' });
    const rows = await world.settled(3);
    expect(rows.map(({ disposition }) => disposition)).toEqual(['opening', 'unverified', 'opening']);
  });

  it('opens nothing when the end is noted while the mail is read', async () => {
    const before = await world.requests();
    await world.deliver({ ...FRESH, from: CLAIRE, text: 'Au même moment.' });
    const client = await world.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `UPDATE contracts SET ends_on = $1, ends_reason = 'A letter.', ends_noted_by = 'staff:s', ends_noted_at = now()
         WHERE reference = 'ONE'`,
        [yesterday],
      );
      world.startRelay();
      await until(async () => {
        const { rowCount } = await world.pool.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rowCount === 1;
      });
      await client.query('COMMIT');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect(await world.settled(1)).toMatchObject([{ disposition: 'unverified', reason: 'contractEnded' }]);
    expect(await world.requests()).toEqual(before);
    expect(await told()).toEqual([toldOfEnd(CLAIRE)]);
    expect(world.logged.join('\n')).not.toContain('could not be decided');
  });
});

describe('an answer after the end', () => {
  it('to an open request counts as ever', async () => {
    const { number, sent } = await world.openWaiting();
    await end('ONE');
    world.startRelay();
    await world.deliver(world.answerTo(sent));
    expect(await world.settled(1)).toMatchObject([{ disposition: 'answer', number, contact: 'claire' }]);
    expect((await world.state(number)).status).toBe('inProgress');
  });

  it('to a request that was closed too long ago opens none that goes on from it, until the end is taken back', async () => {
    const { number, sent } = await world.openWaiting();
    const before = await world.requests();
    await end('ONE');
    const answer: MailDoor['answer'] = async () => 'expired';
    const door: MailDoor = { ...world.door, answer };
    world.startRelay({ door });
    await world.deliver(world.answerTo(sent));
    const [row] = await world.settled(1);
    expect(row).toMatchObject({ disposition: 'unverified', reason: 'contractEnded', number, contact: 'claire' });
    expect(await told()).toEqual([toldOfEnd(CLAIRE)]);
    await world.pool.query('DELETE FROM notices');
    const accept = () => acceptMail({ pool: world.pool, door }, row?.id ?? '', 'a1');
    await expect(accept()).rejects.toMatchObject({ type: 'NotCovered', details: { endsOn: yesterday } });
    expect(await world.settled(1)).toMatchObject([{ disposition: 'unverified', reason: 'contractEnded', number }]);
    expect(await world.requests()).toEqual(before);
    // Whoever looks at the mail knows, and writes to its sender if need be.
    expect(await told()).toEqual([]);
    await end('ONE', null);
    const accepted = await accept();
    expect(accepted.disposition).toBe('opening');
    expect(await world.state(accepted.number ?? '')).toMatchObject({ previous: number, contact: 'claire' });
  });
});
