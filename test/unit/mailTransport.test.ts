import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { composeMessage, threadable } from '../../mail/compose.ts';
import { createMailTransport, judge } from '../../mail/transport.ts';

const message = composeMessage(
  {
    order: { kind: 'production' },
    number: 'DA-2026-004217',
    audience: 'customer',
    address: 'camille@valombre.example',
    messageId: '<one@support.example>',
    token: 'a'.repeat(24),
    subject: '[DA-2026-004217] Panne',
    text: 'Bonjour\n',
    html: '<p>Bonjour</p>',
    inReplyTo: undefined,
    references: [],
  },
  { name: 'Service d’assistance', domain: 'support.example' },
);

type Script = { readonly [command: string]: string | 'cut' | 'silence' };

let server: Server | undefined;
const sockets = new Set<Socket>();

/** A server that says what the script says, by command; `body` is the end of the message. */
async function scripted(script: Script): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let inBody = false;
    const say = (command: string, otherwise: string) => {
      const line = script[command] ?? otherwise;
      if (line === 'cut') socket.destroy();
      else if (line !== 'silence') socket.write(`${line}\r\n`);
    };
    say('greeting', '220 test');
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n')) {
        if (inBody) {
          if (line !== '.') continue;
          inBody = false;
          say('body', '250 2.0.0 kept');
        } else if (/^EHLO/.test(line))
          socket.write(script.AUTH === undefined ? '250 test\r\n' : '250-test\r\n250 AUTH PLAIN\r\n');
        else if (line === 'RSET') socket.write('250 2.0.0 ok\r\n');
        else if (/^AUTH/.test(line)) say('AUTH', '235 2.7.0 hello');
        else if (/^MAIL/.test(line)) say('MAIL', '250 2.1.0 ok');
        else if (/^RCPT/.test(line)) say('RCPT', '250 2.1.5 ok');
        else if (line === 'DATA') {
          inBody = (script.DATA ?? '354').startsWith('354');
          say('DATA', '354 go on');
        }
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
});

async function sending(script: Script, signal = AbortSignal.timeout(5_000), login = '') {
  const transport = createMailTransport(`smtp://${login}${await scripted(script)}`);
  try {
    return await transport.send(message, signal);
  } finally {
    transport.close();
  }
}

describe('handing a mail over', () => {
  it('is accepted when the server keeps the message', async () => {
    const before = Date.now();
    const delivery = await sending({});
    expect(delivery).toEqual({ result: 'accepted', at: expect.any(Number) });
    expect(delivery.result === 'accepted' && delivery.at).toBeGreaterThanOrEqual(before);
  });

  it('keeps its connection for the next, and replaces one that was cut meanwhile', async () => {
    const transport = createMailTransport(`smtp://${await scripted({})}`);
    const send = () => transport.send(message, AbortSignal.timeout(5_000));
    expect(await send()).toMatchObject({ result: 'accepted' });
    expect(await send()).toMatchObject({ result: 'accepted' });
    expect(sockets.size).toBe(1);
    for (const socket of sockets) socket.destroy();
    expect(await send()).toMatchObject({ result: 'accepted' });
    expect(sockets.size).toBe(2);
    transport.close();
  });

  it('refuses one recipient without harm to the next mail', async () => {
    const script: { RCPT?: string } = { RCPT: '550 5.1.1 no such user' };
    const transport = createMailTransport(`smtp://${await scripted(script)}`);
    const send = () => transport.send(message, AbortSignal.timeout(5_000));
    expect(await send()).toMatchObject({ result: 'refused' });
    delete script.RCPT;
    expect(await send()).toMatchObject({ result: 'accepted' });
    transport.close();
  });

  it.each([
    ['no such mailbox', { RCPT: '550 5.1.1 no such user' }, '550 5.1.1'],
    ['mailbox full', { RCPT: '552 5.2.2 over quota' }, '552 5.2.2'],
    ['a domain that takes no mail', { RCPT: '556 5.1.10 null MX' }, '556 5.1.10'],
    ['content refused', { body: '554 5.7.1 looks like spam' }, '554 5.7.1'],
    ['too large', { MAIL: '552 5.3.4 too big' }, '552 5.3.4'],
    ['no enhanced code', { RCPT: '550 no' }, '550'],
  ])('is refused for good: %s', async (_what, script: Script, reason) => {
    expect(await sending(script)).toEqual({ result: 'refused', at: expect.any(Number), reason });
  });

  it.each([
    ['greylisting', { RCPT: '451 4.7.1 try later' }, '451 4.7.1'],
    ['mailbox busy', { RCPT: '450 4.2.1 busy' }, '450 4.2.1'],
    ['no room', { MAIL: '452 4.3.1 disk full' }, '452 4.3.1'],
    ['content deferred', { body: '451 4.3.0 later' }, '451 4.3.0'],
    ['shutting down', { greeting: '421 4.3.2 closing' }, '421 4.3.2'],
    ['cut before the greeting', { greeting: 'cut' }, 'ECONNECTION'],
    ['cut after the message, before the answer', { body: 'cut' }, 'ECONNECTION'],
  ])('is to be tried again: %s', async (_what, script: Script, reason) => {
    expect(await sending(script)).toEqual({ result: 'retry', reason, ours: false });
  });

  it.each([
    ['we are blocked', { greeting: '554 5.7.1 your host is blocked' }, '554 5.7.1', ''],
    ['relaying is denied', { RCPT: '554 5.7.1 relay access denied' }, '554 5.7.1', ''],
    ['our sender is refused', { MAIL: '550 5.7.1 not your domain' }, '550 5.7.1', ''],
    ['a login is wanted', { MAIL: '530 5.7.0 authentication required' }, '530 5.7.0', ''],
    ['our login is wrong', { AUTH: '535 5.7.8 bad credentials' }, '535 5.7.8', 'user:secret@'],
  ])('is to be tried again and looked at by us: %s', async (_what, script: Script, reason, login) => {
    expect(await sending(script, undefined, login)).toEqual({ result: 'retry', reason, ours: true });
  });

  it('is to be tried again when it is cancelled', async () => {
    const controller = new AbortController();
    const delivery = sending({ body: 'silence' }, controller.signal);
    await expect.poll(() => sockets.size).toBe(1);
    controller.abort();
    expect(await delivery).toEqual({ result: 'retry', reason: 'EABORT', ours: false });
  });

  it('is to be tried again when nobody listens', async () => {
    const address = await scripted({});
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    const delivery = await createMailTransport(`smtp://${address}`).send(message, AbortSignal.timeout(5_000));
    expect(delivery).toEqual({ result: 'retry', reason: 'ESOCKET', ours: false });
  });

  it.each(['', 'camille', 'a@b.example, c@d.example', 'a b@c.example', 'a@b.example\r\nRCPT TO:<c@d.example>'])(
    'is refused for good, before anyone is asked, when %j is not one address',
    async (to) => {
      const transport = createMailTransport('smtp://127.0.0.1:1');
      expect(await transport.send({ ...message, to }, AbortSignal.timeout(5_000))).toEqual({
        result: 'refused',
        at: expect.any(Number),
        reason: 'not an address',
      });
    },
  );

  it('never tells what the server said in words', () => {
    const error = Object.assign(new Error('550 camille@valombre.example unknown'), {
      code: 'EENVELOPE',
      command: 'RCPT TO',
      responseCode: 550,
      response: '550 5.1.1 camille@valombre.example unknown',
    });
    expect(JSON.stringify(judge(error, 0))).not.toContain('camille');
  });
});

describe('Message-IDs of strangers', () => {
  it.each([
    ['<a@b.example>', '<a@b.example>'],
    ['a@b.example', '<a@b.example>'],
    ['<a@b.example>\r\nBcc: x@evil.example', undefined],
    ['<a b@c.example>', undefined],
    [`<${'a'.repeat(300)}@b.example>`, undefined],
    ['', undefined],
  ])('%j hangs a mail on %j', (given, expected) => {
    expect(threadable(given)).toBe(expected);
  });
});
