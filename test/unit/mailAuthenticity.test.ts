import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth';
import { describe, expect, it } from 'vitest';
import {
  type Authenticity,
  checkAuthenticity,
  type Delivered,
  type DnsLookup,
} from '../../mail/inbound/authenticity.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const MESSAGE = [
  'From: Claire <claire@customer.example>',
  'To: sr@support.example',
  'Subject: Answer',
  'Date: Fri, 20 Nov 2026 10:02:00 +0100',
  'Message-ID: <1@customer.example>',
  '',
  'It is 4.2.',
  '',
].join('\r\n');

type Zone = Readonly<Record<string, string>>;

const SPF = 'v=spf1 ip4:198.51.100.7 -all';
const DKIM: Zone = { 's1._domainkey.customer.example': `v=DKIM1; k=rsa; p=${KEY}` };
const DMARC = (policy: string): Zone => ({ '_dmarc.customer.example': `v=DMARC1; p=${policy}` });

function dns(zone: Zone): DnsLookup {
  return async (name, type) => {
    const text = zone[name.toLowerCase()];
    if (type === 'TXT' && text !== undefined) return [[text]];
    throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
  };
}

function check(delivered: Partial<Delivered>, lookup: DnsLookup, patienceMs = 5_000): Promise<Authenticity> {
  return checkAuthenticity(
    {
      raw: Buffer.from(MESSAGE),
      envelopeFrom: 'claire@customer.example',
      remoteIp: '198.51.100.7',
      helo: 'mx.customer.example',
      ...delivered,
    },
    { lookup, domain: 'support.example', patienceMs },
  );
}

async function signed(message = MESSAGE): Promise<Buffer> {
  const signature = {
    signingDomain: 'customer.example',
    selector: 's1',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  // The type definitions know the fields only where the code does not read them.
  const { signatures } = await dkimSign(message, { ...signature, signatureData: [signature] });
  return Buffer.from(signatures + message);
}

const OTHER_IP = '203.0.113.9';

describe('the sender of a mail', () => {
  it('is believed from a neighbour, where nothing can be checked', async () => {
    const strict = dns({ 'customer.example': SPF, ...DMARC('reject') });
    for (const remoteIp of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '192.168.4.5', 'fd00::1', '']) {
      expect(await check({ remoteIp }, strict)).toBe('unknown');
    }
  });

  it('is not known where its domain publishes nothing', async () => {
    expect(await check({}, dns({}))).toBe('unknown');
  });

  it('fails SPF from a server that the domain excludes', async () => {
    expect(await check({ remoteIp: OTHER_IP }, dns({ 'customer.example': SPF }))).toBe('fail');
    expect(await check({ remoteIp: `::ffff:${OTHER_IP}` }, dns({ 'customer.example': SPF }))).toBe('fail');
    expect(await check({}, dns({ 'customer.example': SPF }))).toBe('pass');
  });

  it('is doubted, not refused, after a soft failure', async () => {
    const soft = dns({ 'customer.example': 'v=spf1 ip4:198.51.100.7 ~all' });
    expect(await check({ remoteIp: OTHER_IP }, soft)).toBe('unknown');
  });

  it('passes or fails DMARC, whatever the policy asks', async () => {
    for (const policy of ['reject', 'none']) {
      const zone = dns({ 'customer.example': SPF, ...DMARC(policy) });
      expect(await check({}, zone)).toBe('pass');
      expect(await check({ remoteIp: OTHER_IP }, zone)).toBe('fail');
    }
  });

  it('fails DMARC when SPF passes for another domain only', async () => {
    const zone = dns({ 'other.example': SPF, ...DMARC('reject') });
    expect(await check({ envelopeFrom: 'bulk@other.example' }, zone)).toBe('fail');
  });

  it('passes by a signature of its domain, from anywhere', async () => {
    const raw = await signed();
    expect(await check({ raw, remoteIp: OTHER_IP }, dns({ 'customer.example': SPF, ...DKIM }))).toBe('pass');
    expect(await check({ raw, remoteIp: '127.0.0.1' }, dns(DKIM))).toBe('pass');
  });

  it('fails when what it signed was changed, also from a neighbour', async () => {
    const raw = Buffer.from((await signed()).toString().replace('It is 4.2.', 'It is 4.3.'));
    expect(await check({ raw }, dns(DKIM))).toBe('fail');
    expect(await check({ raw, remoteIp: '127.0.0.1' }, dns(DKIM))).toBe('fail');
  });

  it('is not known while name servers are away, and nobody waits for them', async () => {
    const away: DnsLookup = async () => {
      throw Object.assign(new Error('refused'), { code: 'ESERVFAIL' });
    };
    expect(await check({ remoteIp: OTHER_IP }, away)).toBe('unknown');
    expect(await check({ raw: await signed(), remoteIp: OTHER_IP }, away)).toBe('unknown');
    expect(await check({ remoteIp: OTHER_IP }, () => new Promise(() => {}), 50)).toBe('unknown');
  });
});
