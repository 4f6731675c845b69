import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Queryable } from '../../db/pool.ts';
import type { MailOrder } from '../../domain/effects.ts';
import { activityEnvironment, createMailWorld, type MailWorld } from '../support/mailWorld.ts';

const SINCE = Date.parse('2026-11-18T14:30:00+01:00');

let world: MailWorld;

beforeAll(async () => {
  world = await createMailWorld();
});
afterAll(async () => {
  await world?.close();
});
beforeEach(async () => {
  await world.openRequest();
});

const question = (): MailOrder => ({ kind: 'question', text: world.text, automatic: false });
const reminder: MailOrder = {
  kind: 'reminder',
  step: 1,
  waitingFor: 'information',
  waitingSince: SINCE,
  next: { what: 'reminder', at: SINCE + 2 * 86_400_000 },
};

describe('a mail server', () => {
  it('that refuses the recipient ends the mail, for good', async () => {
    await world.openRequest('refused');
    const outcome = await world.send(question());
    expect(outcome.result).toBe('refused');
    expect(await world.send(question())).toEqual(outcome);
    expect(await world.row()).toMatchObject({ attempts: 1, lastError: '550 5.1.1' });
    expect(world.logged.join()).not.toContain('valombre');
  });

  it('that is busy gets the same mail again later', async () => {
    await world.openRequest('busy');
    await expect(world.send(question())).rejects.toMatchObject({
      nonRetryable: false,
      message: 'mail not sent yet: 451 4.2.0',
    });
    await expect(world.send(question())).rejects.toBeInstanceOf(ApplicationFailure);
    expect(await world.send(question())).toMatchObject({ result: 'accepted' });
    expect(await world.row()).toMatchObject({ attempts: 3 });
    expect(world.delivered()).toHaveLength(1);
  });

  it('that hangs up after the message gets it again under the same Message-ID', async () => {
    const { port, bodies, close } = await hangingUp();
    await expect(world.send(question(), { port })).rejects.toMatchObject({ nonRetryable: false });
    close();
    await world.send(question());
    const lost = await simpleParser(bodies[0] ?? '');
    expect(world.delivered()).toHaveLength(1);
    expect(lost.messageId).toBe(world.delivered()[0]?.messageId);
    expect(lost.text).toBe(world.delivered()[0]?.text);
  });

  it('that does not answer is left when the attempt is cancelled', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const environment = activityEnvironment();
    silent.on('connection', () => environment.cancel());
    const { port } = silent.address() as AddressInfo;
    await expect(world.send(question(), { port, environment })).rejects.toBeInstanceOf(CancelledFailure);
    silent.close();
    expect(await world.send(question())).toMatchObject({ result: 'accepted' });
  });

  it('has the mail once though Postgres is away for a moment when it took it', async () => {
    let failures = 2;
    const pool = {
      query: (statement: string, values: unknown[]) =>
        /SET status/.test(statement) && failures-- > 0
          ? Promise.reject(new Error('terminated'))
          : world.pool.query(statement, values),
    } as Queryable;
    expect(await world.send(question(), { pool })).toMatchObject({ result: 'accepted' });
    expect(world.delivered()).toHaveLength(1);
  });
});

describe('a claim', () => {
  it('keeps other attempts away until it runs out', async () => {
    await world.openRequest('busy');
    await expect(world.send(question())).rejects.toThrow('451');
    await world.sql(`UPDATE outbound_mails SET claimed_until = now() + interval '1 hour' WHERE key = $1`, [world.key]);
    await expect(world.send(question())).rejects.toThrow('another attempt is sending this mail');
    await world.sql(`UPDATE outbound_mails SET claimed_until = now() - interval '1 second' WHERE key = $1`, [
      world.key,
    ]);
    await expect(world.send(question())).rejects.toThrow('451');
    expect(await world.send(question())).toMatchObject({ result: 'accepted' });
  });
});

describe('an answer that came in since', () => {
  it.each(['answer', 'accepted'])('overtakes a reminder: by mail, %s', async (disposition) => {
    await world.receive({ disposition, at: SINCE + 1 });
    const outcome = await world.send(reminder);
    expect(outcome.result).toBe('superseded');
    expect(await world.send(reminder)).toEqual(outcome);
    expect(world.delivered()).toHaveLength(0);
  });

  it.each(['answered', 'confirmed', 'rejected', 'closed'])(
    'overtakes a reminder: by any other way, %s',
    async (type) => {
      await world.happened(type, SINCE + 1);
      expect(await world.send(reminder)).toMatchObject({ result: 'superseded' });
    },
  );

  it('overtakes the closing notice, but the closing itself does not', async () => {
    const closing: MailOrder = { kind: 'closing', reason: 'noAnswer', waitingSince: SINCE, waitingFor: 'information' };
    await world.happened('closed', SINCE + 1);
    expect(await world.send(closing)).toMatchObject({ result: 'accepted' });
    world.nextKey();
    await world.receive({ disposition: 'answer', at: SINCE + 2 });
    expect(await world.send(closing)).toMatchObject({ result: 'superseded' });
  });

  it.each([
    ['automatic', SINCE + 1],
    ['bounce', SINCE + 1],
    ['unverified', SINCE + 1],
    ['answer', SINCE],
    ['answer', SINCE - 1],
  ])('is none: %s at %i', async (disposition, at) => {
    await world.receive({ disposition, at });
    expect(await world.send(reminder)).toMatchObject({ result: 'accepted' });
  });

  it('and is not read yet holds a reminder back until it is', async () => {
    await world.send(question());
    const token = (await world.row())?.token;
    world.nextKey();
    await world.receive({ disposition: null, at: Date.now(), to: `SR+${token?.toUpperCase()}@support.example` });
    await expect(world.send(reminder)).rejects.toMatchObject({ nonRetryable: false });
    expect(world.delivered()).toHaveLength(1);
    await world.sql(`UPDATE inbound_mails SET stage = 'relayed', disposition = 'automatic' WHERE stage = 'received'`);
    expect(await world.send(reminder)).toMatchObject({ result: 'accepted' });
  });

  it('overtakes neither a question nor a closing by hand', async () => {
    await world.receive({ disposition: 'answer', at: Date.now() });
    expect(await world.send({ kind: 'closing', reason: 'withdrawn' })).toMatchObject({ result: 'accepted' });
  });
});

/** A server that takes a whole message and is gone before it says so. */
async function hangingUp() {
  const bodies: string[] = [];
  const server = createServer((socket) => {
    let body: string | undefined;
    socket.on('error', () => undefined);
    socket.write('220 test\r\n');
    socket.on('data', (data) => {
      const lines = data.toString();
      if (body !== undefined) {
        body += lines;
        if (!body.endsWith('\r\n.\r\n')) return;
        bodies.push(body.slice(0, -3));
        socket.destroy();
      } else if (lines.startsWith('DATA')) {
        body = '';
        socket.write('354 go on\r\n');
      } else socket.write('250 ok\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, bodies, close: () => server.close() };
}
