/** What is told to people whose mail opens no request, over a real listener, Postgres and mail server. */
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import { type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import { noteContractEnd } from '../../db/contractEnds.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { markPortal } from '../../db/portal.ts';
import { createMailTransport } from '../../mail/transport.ts';
import type { Loop } from '../../relay/loop.ts';
import { startNotices } from '../../relay/notices.ts';
import { createRelayWorld, DOMAIN, KEYS, type RelayWorld } from '../support/relayWorld.ts';
import { until } from '../support/until.ts';

interface Taken {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
}

let world: RelayWorld;
let server: SMTPServer;
let notices: Loop;
let taken: Taken[];
let refusing = 0;

beforeAll(async () => {
  world = await createRelayWorld();
  const parties = { customer: 'Customer', provider: 'Support' };
  await enter('SAAS', saasSupport(parties, { yearlyFeeCents: 100 }));
  await enter('TICKETS', prepaidTickets(parties));
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo(_address, _session, callback) {
      refusing--;
      callback(refusing >= 0 ? Object.assign(new Error('Not now'), { responseCode: 451 }) : null);
    },
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        taken.push({ from, to: envelope.rcptTo[0]?.address ?? '', raw: Buffer.concat(chunks).toString() });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(resolve));
  await world.close();
});

beforeEach(() => {
  taken = [];
  refusing = 0;
  const { port } = server.server.address() as { port: number };
  notices = startNotices({
    pool: world.pool,
    transport: createMailTransport(`smtp://127.0.0.1:${port}`),
    sender: { name: 'Support', domain: DOMAIN },
    tokenKeys: KEYS,
    portal: 'https://portal.example',
    log: { warn: () => undefined },
    pauseMs: 50,
  });
  world.startRelay();
});
afterEach(async () => {
  await notices.close();
  await world.stopRelays();
  await world.pool.query('DELETE FROM notices');
  await world.pool.query('DELETE FROM inbound_mails');
});

async function enter(reference: string, input: ContractTermsInput): Promise<void> {
  const parsed = parseTerms(input);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  await storeContract(world.pool, { reference, terms: parsed.terms });
  await storeTerms(world.pool, reference, 1, '2026-01-01', parsed.terms);
  for (const [name, trained] of [
    ['ann', true],
    ['ben', true],
    ['zoe', false],
  ] as const) {
    const contact = {
      id: `${reference}-${name}`,
      contract: reference,
      name,
      email: `${name}@${reference.toLowerCase()}.test`,
    };
    await storeContact(world.pool, { ...contact, language: name === 'ben' ? 'fr' : 'en', trained });
  }
}

const mailOf = (from: string, subject: string) => ({ from, to: `sr@${DOMAIN}`, subject, text: 'It does not work.' });

describe('a mail to a contract that takes none', () => {
  it('is kept and answered with the way to the portal, once a day; nothing is opened', async () => {
    const before = await world.requests();
    await world.deliver({ ...mailOf('ann@saas.test', 'Help'), messageId: '<first@saas.test>' });
    await world.deliver({ ...mailOf('ann@saas.test', 'Help again'), messageId: '<second@saas.test>' });
    const rows = await world.settled(2);
    expect(rows.map(({ disposition, reason }) => [disposition, reason])).toEqual([
      ['unverified', 'mailNotAdmitted'],
      ['unverified', 'mailNotAdmitted'],
    ]);
    await until(() => taken.length > 0);
    expect(await world.requests()).toEqual(before);
    expect(taken).toHaveLength(1);
    const [mail] = taken;
    // No envelope sender: nothing comes back.
    expect([mail?.from, mail?.to]).toEqual(['', 'ann@saas.test']);
    const { text, headers, subject } = await simpleParser(mail?.raw ?? '');
    expect(subject).toBe('Your message has opened no request');
    expect(text).toContain('https://portal.example');
    expect(headers.get('auto-submitted')).toBe('auto-replied');
    expect(headers.get('in-reply-to')).toBe('<first@saas.test>');
  });

  it('is tried again while the mail server defers, under the same Message-ID', async () => {
    refusing = 1;
    await world.deliver(mailOf('ben@saas.test', 'Aidez-moi'));
    await world.settled(1);
    await until(async () => (await world.pool.query('SELECT FROM notices WHERE attempts > 0')).rowCount === 1);
    await world.pool.query("UPDATE notices SET claimed_until = now() - interval '1 second'");
    await until(() => taken.length === 1);
    expect((await simpleParser(taken[0]?.raw ?? '')).subject).toBe('Votre message n’a pas ouvert de demande');
    await until(async () => (await world.pool.query("SELECT FROM notices WHERE status = 'accepted'")).rowCount === 1);
  });

  it('opens a request where the contract admits mail while the portal is marked as down', async () => {
    await markPortal(world.pool, true, 'staff:a1');
    try {
      await world.deliver(mailOf('ann@tickets.test', 'While it is down'));
      expect((await world.settled(1))[0]).toMatchObject({ disposition: 'opening' });
    } finally {
      await markPortal(world.pool, false, 'staff:a1');
    }
    await world.deliver(mailOf('ann@tickets.test', 'When it is up'));
    await until(() => taken.length === 1);
    expect(taken[0]?.to).toBe('ann@tickets.test');
  });
});

describe('a mail of somebody who is not designated', () => {
  it('is refused politely, and the designated contacts are told', async () => {
    await world.deliver(mailOf('zoe@saas.test', 'Please'));
    expect((await world.settled(1))[0]).toMatchObject({ disposition: 'unverified', reason: 'untrained' });
    await until(() => taken.length === 3);
    const told = await Promise.all(
      taken.map(async ({ to, raw }) => {
        const { subject, headers } = await simpleParser(raw);
        return [to, subject, headers.get('auto-submitted')];
      }),
    );
    expect(told.sort()).toEqual([
      ['ann@saas.test', 'Somebody who is not designated has asked for support', 'auto-generated'],
      ['ben@saas.test', 'Une personne non désignée a demandé de l’assistance', 'auto-generated'],
      ['zoe@saas.test', 'Your message has opened no request', 'auto-replied'],
    ]);
    expect((await simpleParser(taken.find(({ to }) => to.startsWith('ann'))?.raw ?? '')).text).toContain('zoe');
  });
});

describe('a mail under a contract that has ended', () => {
  it('is answered with the day, once a day, and nobody else is told of it', async () => {
    await noteContractEnd(world.pool, 'SAAS', { lastDay: '2026-02-01', reason: 'Letter', by: 'staff:s' });
    try {
      await world.deliver({ ...mailOf('ben@saas.test', 'Panne'), messageId: '<ended@saas.test>' });
      await world.deliver(mailOf('ben@saas.test', 'Encore une panne'));
      await world.deliver(mailOf('zoe@saas.test', 'Help'));
      await world.settled(3);
      await until(() => taken.length === 2);
      const [ben, zoe] = await Promise.all(
        ['ben@saas.test', 'zoe@saas.test'].map((to) => simpleParser(taken.find((one) => one.to === to)?.raw ?? '')),
      );
      expect(ben?.subject).toBe('Votre message n’a pas ouvert de demande');
      expect(ben?.text).toContain('Le contrat SAAS a pris fin le 1er février 2026');
      expect(ben?.headers.get('in-reply-to')).toBe('<ended@saas.test>');
      expect(zoe?.text).toContain('Contract SAAS ended on 1 February 2026');
      expect((await world.pool.query('SELECT FROM notices')).rowCount).toBe(2);
    } finally {
      await noteContractEnd(world.pool, 'SAAS', { lastDay: null, reason: 'It goes on.', by: 'staff:s' });
    }
  });
});

describe('a mail that opens a request without what the contract requires', () => {
  it('waits for it from the first minute, and nobody has acknowledged anything', async () => {
    await world.deliver({ from: 'claire@customer.test', to: `sr@${DOMAIN}`, subject: 'Nothing inside', text: '  ' });
    const [row] = await world.settled(1);
    const number = row?.number ?? '';
    const { rows } = await world.pool.query('SELECT status, view FROM requests WHERE number = $1', [number]);
    expect(rows[0]?.status).toBe('waiting');
    expect(rows[0]?.view.acknowledgedAt).toBeUndefined();
    const { rows: texts } = await world.pool.query("SELECT body FROM texts WHERE number = $1 AND author = 'system'", [
      number,
    ]);
    expect(texts[0]?.body).toContain('la question précise, ou le problème rencontré');
  });
});
