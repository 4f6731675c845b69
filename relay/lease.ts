/** A mail is kept from other relays for as long as one works on it, and soon free when that one has died. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type DecidedMail, renewMail, type UndecidedMail } from '../db/inboundMails.ts';

/** Does the work, and renews the lease of the mail meanwhile. */
export async function whileLeased(
  pool: Pool,
  mail: UndecidedMail | DecidedMail,
  leaseSeconds: number,
  work: () => Promise<void>,
): Promise<void> {
  const done = new AbortController();
  const renewing = renew(pool, mail, leaseSeconds, done.signal);
  try {
    await work();
  } finally {
    done.abort();
    // One under way would put off the next step of the mail.
    await renewing;
  }
}

async function renew(
  pool: Pool,
  mail: UndecidedMail | DecidedMail,
  leaseSeconds: number,
  done: AbortSignal,
): Promise<void> {
  const disposition = 'disposition' in mail ? mail.disposition : null;
  while (!done.aborted) {
    await sleep(leaseSeconds * 300, undefined, { signal: done }).catch(() => undefined);
    // Another relay then takes the mail as well: both do the same, and it counts once.
    if (!done.aborted) await renewMail(pool, mail.id, disposition, leaseSeconds).catch(() => undefined);
  }
}
