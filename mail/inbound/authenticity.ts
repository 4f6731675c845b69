/** Whether a mail is from the domain that it says, as far as SPF, DKIM and DMARC can tell. */
import { Resolver } from 'node:dns/promises';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { authenticate } from 'mailauth';

/** `unknown`: nothing could be checked, or nothing is published. It is no reason to doubt. */
export type Authenticity = 'pass' | 'fail' | 'unknown';

/** Answers as `dns.promises.resolve` does, its errors included. */
export type DnsLookup = (name: string, type: string) => Promise<string[] | string[][]>;

/** How a message was handed to us. */
export interface Delivered {
  readonly raw: Buffer;
  readonly envelopeFrom: string;
  readonly remoteIp: string;
  readonly helo: string;
}

/** What checking a sender needs. */
export interface AuthenticityDeps {
  readonly lookup: DnsLookup;
  /** Our domain, as the server that checks. */
  readonly domain: string;
  /** Longest the whole check may take, milliseconds; 10 seconds without it. */
  readonly patienceMs?: number;
}

/** Judges a message by how it came and by its signatures. Never throws. */
export async function checkAuthenticity(delivered: Delivered, deps: AuthenticityDeps): Promise<Authenticity> {
  const { raw, remoteIp } = delivered;
  const signed = /^dkim-signature:/im.test(
    raw
      .subarray(0, 64 * 1024)
      .toString('latin1')
      .split(/\r?\n\r?\n/)[0] ?? '',
  );
  // A neighbour hands it over: SPF says nothing then.
  const near = isNear(remoteIp);
  if (near && !signed) return 'unknown';
  const abort = new AbortController();
  const patience = new Promise<'unknown'>((resolve) => {
    const timer = setTimeout(() => resolve('unknown'), deps.patienceMs ?? 10_000);
    abort.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([patience, verdictOf(delivered, deps, near)]);
  } catch {
    return 'unknown';
  } finally {
    abort.abort();
  }
}

async function verdictOf(
  { raw, envelopeFrom, remoteIp, helo }: Delivered,
  { lookup, domain }: AuthenticityDeps,
  near: boolean,
): Promise<Authenticity> {
  const { dkim, spf, dmarc } = await authenticate(raw, {
    ...(near ? {} : { ip: withoutMapping(remoteIp), helo }),
    sender: envelopeFrom,
    mta: domain,
    resolver: lookup as (name: string, type: string) => Promise<string[][]>,
    disableArc: true,
    disableBimi: true,
  });
  const aligned = dkim.results.filter(({ status }) => status.aligned).map(({ status }) => status);
  if (aligned.some(({ result }) => result === 'pass')) return 'pass';
  const bySpf = !near && spf ? spf.status.result : 'none';
  // Without SPF a DMARC failure says only that no signature passed.
  if (!near && dmarc !== false && (dmarc.status.result === 'pass' || dmarc.status.result === 'fail')) {
    const results = [bySpf, ...dkim.results.map(({ status }) => status.result)];
    // A name server that is away proves nothing.
    const unsure = results.some((result) => result.startsWith('temp'));
    return dmarc.status.result === 'fail' && unsure ? 'unknown' : dmarc.status.result;
  }
  if (bySpf === 'pass' && spf && dkim.headerFrom.some((from) => isWithin(domainOf(from), spf.domain))) return 'pass';
  if (bySpf === 'fail' || aligned.some(isBroken)) return 'fail';
  return 'unknown';
}

/** The signature does not fit, or what it covers was changed; a key that cannot be had proves nothing. */
function isBroken({ result, comment }: { readonly result: string; readonly comment?: string }): boolean {
  return result === 'fail' || (result === 'neutral' && comment === 'body hash did not verify');
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

function isWithin(domain: string, parent: string): boolean {
  return domain === parent.toLowerCase() || domain.endsWith(`.${parent.toLowerCase()}`);
}

const NEAR = new BlockList();
for (const [net, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  NEAR.addSubnet(net, prefix, 'ipv4');
}
NEAR.addAddress('::1', 'ipv6');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addSubnet('fe80::', 10, 'ipv6');

/** Loopback, a private network, or no address at all. */
function isNear(ip: string): boolean {
  const plain = withoutMapping(ip);
  if (isIPv4(plain)) return NEAR.check(plain, 'ipv4');
  return isIPv6(plain) ? NEAR.check(plain, 'ipv6') : true;
}

/** `::ffff:192.0.2.1` is 192.0.2.1. */
function withoutMapping(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** The name servers of the machine, with short limits. */
export function createDnsLookup(): DnsLookup {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return (name, type) => resolver.resolve(name, type) as Promise<string[] | string[][]>;
}
