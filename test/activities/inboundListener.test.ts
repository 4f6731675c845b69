import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertInboundMail } from '../../db/inboundMails.ts';
import { createPool } from '../../db/pool.ts';
import { startInboundListener } from '../../mail/inbound/listener.ts';
import { CLAIRE, createRelayWorld, DOMAIN, type RelayWorld } from '../support/relayWorld.ts';
import { until } from '../support/until.ts';

const TO = `sr@${DOMAIN}`;
const TOKEN = 'abcdefghijklmnopqrstuv23';

let world: RelayWorld;
beforeAll(async () => {
  world = await createRelayWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.store = (mail) => insertInboundMail(world.pool, mail);
  await world.pool.query('DELETE FROM inbound_mails');
});

interface Session {
  readonly socket: Socket;
  /** The reply to what is written; to the greeting when nothing is. */
  say(text?: string | Buffer): Promise<string>;
}

/** A client that speaks line by line. */
function openSession(): Session {
  const socket = connect(world.port, '127.0.0.1');
  const end = /^\d{3} .*\r\n/m;
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  return {
    socket,
    async say(line) {
      if (line !== undefined) socket.write(line);
      const reply = await until(() => end.exec(text)?.[0].trim(), { timeoutMs: 20_000, everyMs: 5 });
      text = '';
      return reply;
    },
  };
}

/** What the listener answers to these lines, each sent after the last reply. */
async function dialogue(...lines: readonly string[]): Promise<string[]> {
  const session = openSession();
  const replies = [await session.say()];
  for (const line of lines) replies.push(await session.say(`${line}\r\n`));
  session.socket.destroy();
  return replies;
}

/** A session in which the message may be sent. */
async function openData(): Promise<Session> {
  const session = openSession();
  await session.say();
  for (const line of ['EHLO x', `MAIL FROM:<${CLAIRE}>`, `RCPT TO:<${TO}>`]) await session.say(`${line}\r\n`);
  expect(await session.say('DATA\r\n')).toMatch(/^354 /);
  return session;
}

describe('the listener', () => {
  it('has a mail in Postgres before it says 250, with the instant between', async () => {
    const before = Date.now();
    let committed = 0;
    world.store = async (mail) => {
      await insertInboundMail(world.pool, mail);
      committed = Date.now();
    };
    await world.deliver({ from: CLAIRE, to: TO, subject: 'Panne', text: 'Aïe' });
    const answered = Date.now();
    const [row, ...others] = await world.received();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ stage: 'received', disposition: null });
    expect(committed).toBeGreaterThanOrEqual(before);
    expect(row?.received_at.getTime()).toBeGreaterThanOrEqual(before - 1);
    expect(row?.received_at.getTime()).toBeLessThanOrEqual(answered);
    const { rows } = await world.pool.query('SELECT envelope_from, envelope_to, raw, remote_ip FROM inbound_mails');
    expect(rows[0]).toMatchObject({ envelope_from: CLAIRE, envelope_to: [TO] });
    expect(rows[0]?.raw.toString()).toMatch(
      /^From: claire@customer\.test\r\nTo: sr@support\.test\r\nSubject: Panne\r\n/,
    );
  });

  it('says 451 when the mail cannot be kept, and the next attempt is taken', async () => {
    world.store = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    const mail = { from: CLAIRE, to: TO, subject: 'Panne', text: 'Aïe' };
    await expect(world.deliver(mail)).rejects.toMatchObject({ responseCode: 451 });
    expect(await world.received()).toEqual([]);
    world.store = (kept) => insertInboundMail(world.pool, kept);
    await world.deliver(mail);
    expect(await world.received()).toHaveLength(1);
  });

  it('says 451 while Postgres is away', async () => {
    const away = createPool({
      connectionString: 'postgres://nobody@127.0.0.1:1/none',
      connectionTimeoutMs: 500,
      log: { warn: () => undefined },
    });
    world.store = (mail) => insertInboundMail(away, mail);
    await expect(world.deliver({ from: CLAIRE, to: TO, text: 'x' })).rejects.toMatchObject({ responseCode: 451 });
    await away.end();
  });

  it('takes mail for our mailboxes only', async () => {
    const refused = [
      'nobody@support.test',
      'sr@other.test',
      `sr+short@${DOMAIN}`,
      `sr+${TOKEN}+x@${DOMAIN}`,
      `bounce@${DOMAIN}`,
      'sr@support.test.evil.test',
    ];
    for (const to of refused) {
      await expect(world.deliver({ from: CLAIRE, to, text: 'x' })).rejects.toMatchObject({ responseCode: 550 });
    }
    for (const to of [TO, `SR@${DOMAIN.toUpperCase()}`, `sr+${TOKEN}@${DOMAIN}`, `bounce+${TOKEN}@${DOMAIN}`]) {
      await world.deliver({ envelope: { from: CLAIRE, to: [to] }, raw: `From: ${CLAIRE}\r\n\r\n${to}` });
    }
    expect(await world.received()).toHaveLength(4);
  });

  it('refuses 26 MiB, declared or not, and keeps nothing of it', async () => {
    const declared = await dialogue('EHLO x', `MAIL FROM:<${CLAIRE}> SIZE=${26 * 1024 * 1024}`);
    expect(declared.at(-1)).toMatch(/^552 /);
    const { socket, say } = await openData();
    const block = `${'x'.repeat(998)}\r\n`.repeat(1_024);
    const message = Buffer.from(`From: ${CLAIRE}\r\n\r\n${block.repeat(27)}.\r\n`);
    expect(await say(message)).toMatch(/^552 5\.3\.4/);
    socket.destroy();
    expect(await world.received()).toEqual([]);
  });

  it('cuts off who never ends', async () => {
    const { socket } = await openData();
    const block = Buffer.from(`${'x'.repeat(998)}\r\n`.repeat(1_024));
    let closed = false;
    socket.on('error', () => {});
    socket.on('close', () => {
      closed = true;
    });
    await until(
      () => {
        if (!closed && socket.writableLength < 4 * block.length) socket.write(block);
        return closed;
      },
      { timeoutMs: 25_000, everyMs: 1 },
    );
    expect(await world.received()).toEqual([]);
  });

  it('takes a mail of 20 MiB', async () => {
    const log = Buffer.alloc(14 * 1024 * 1024, 'x');
    await world.deliver({
      from: CLAIRE,
      to: TO,
      subject: 'Journal',
      text: 'Voir.',
      attachments: [{ filename: 'log', content: log }],
    });
    expect(await world.received()).toHaveLength(1);
  });

  it('takes at most 20 recipients', async () => {
    const many = Array.from(
      { length: 21 },
      (_, index) => `RCPT TO:<sr+${TOKEN.slice(0, 22)}${'abcdefghijklmnopqrstuvwxyz'[index]}a@${DOMAIN}>`,
    );
    const replies = await dialogue('EHLO x', `MAIL FROM:<${CLAIRE}>`, ...many);
    expect(replies.filter((reply) => reply.startsWith('250')).length).toBe(22);
    expect(replies.at(-1)).toMatch(/^452 /);
  });

  it('forgets a message whose sender breaks off', async () => {
    const { socket } = await openData();
    socket.write('From: x\r\n\r\nhalf a mess');
    socket.destroy();
    await world.deliver({ from: CLAIRE, to: TO, text: 'whole' });
    expect(await world.received()).toHaveLength(1);
  });

  it('says who it is when its port is taken', async () => {
    const same = { host: '127.0.0.1', port: world.port, domain: DOMAIN, store: async () => undefined };
    const log = { info: () => undefined, warn: () => undefined };
    await expect(startInboundListener({ ...same, log })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('finishes what it receives before it closes', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let began = false;
    const listener = await startInboundListener({
      host: '127.0.0.1',
      port: 0,
      domain: DOMAIN,
      async store(mail) {
        began = true;
        await held;
        await insertInboundMail(world.pool, mail);
      },
      log: { info: () => undefined, warn: () => undefined },
    });
    const transporter = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true });
    const sending = transporter.sendMail({ from: CLAIRE, to: TO, text: 'last' });
    await until(() => began);
    const closing = listener.close();
    release();
    await sending;
    transporter.close();
    await closing;
    expect(await world.received()).toHaveLength(1);
  });
});
