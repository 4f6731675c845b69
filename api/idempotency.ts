/** Calls with an `Idempotency-Key`: carried out once, however often they are sent. */
import type { Pool } from 'pg';
import { contentHash } from '../db/contentHash.ts';
import {
  type CallKey,
  claimKey,
  releaseKey,
  renewClaim,
  type StoredAnswer,
  storeAnswer,
} from '../db/idempotencyKeys.ts';
import { Problem, stillRunning } from './problems.ts';
import type { KeyedCall } from './route.ts';

/** An answer ready to be sent. */
export interface Reply {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly content: unknown;
}

/** Between two renewals of a claim; well below its five seconds. */
const RENEW_MS = 1_500;

/** The key of a header. @throws Problem `idempotency-key-missing` or `malformed` */
export function requireKey(header: string | undefined): string {
  if (header === undefined || header === '') {
    throw new Problem(
      'idempotency-key-missing',
      'Send a header Idempotency-Key with a value of your own for each change, such as a UUID, and the same one when you repeat it.',
    );
  }
  if (header.length > 255) throw new Problem('malformed', 'The Idempotency-Key may have 255 characters. Shorten it.');
  return header;
}

/**
 * Carries out the call unless it was, and gives its final answer again if it was. `final` tells of a thrown error the reply
 * to store; nothing when the same call may end otherwise later. @throws what `work` throws, when it is not final
 */
export async function once(
  pool: Pool,
  key: CallKey,
  body: unknown,
  work: (call: KeyedCall) => Promise<Reply>,
  final: (error: unknown) => Reply | undefined,
): Promise<Reply> {
  const claim = await claimKey(pool, key, contentHash(body));
  switch (claim.kind) {
    case 'otherBody':
      throw new Problem(
        'idempotency-key-reused',
        'This Idempotency-Key was used with another body. Take a new key for another change.',
      );
    case 'running':
      // By then the claim has ended, been renewed, or run out because its process died.
      throw stillRunning(Math.ceil(claim.secondsLeft));
    case 'answered':
      return replyOf(claim.answer);
    case 'mine': {
      const { updateId, number, since } = claim;
      return await carryOut(pool, { key, updateId, number, since }, work, final);
    }
  }
}

async function carryOut(
  pool: Pool,
  call: KeyedCall,
  work: (call: KeyedCall) => Promise<Reply>,
  final: (error: unknown) => Reply | undefined,
): Promise<Reply> {
  let reply: Reply;
  const ended = keepClaim(pool, call.key);
  try {
    reply = await work(call);
  } catch (error) {
    const refusal = final(error);
    if (!refusal) {
      // If Postgres is what is away, the claim runs out by itself.
      await releaseKey(pool, call.key).catch(() => undefined);
      throw error;
    }
    reply = refusal;
  } finally {
    ended();
  }
  const { status, headers, content } = reply;
  return replyOf(await storeAnswer(pool, call.key, { status, body: { headers, content } }));
}

/** Renews the claim until told that the call has ended. */
function keepClaim(pool: Pool, key: CallKey): () => void {
  let isRenewing = false;
  const timer = setInterval(async () => {
    if (isRenewing) return;
    isRenewing = true;
    // Without it the next call with the key takes over: it has the same effect, once.
    await renewClaim(pool, key).catch(() => undefined);
    isRenewing = false;
  }, RENEW_MS);
  return () => clearInterval(timer);
}

function replyOf({ status, body }: StoredAnswer): Reply {
  return { status, headers: body.headers, content: body.content };
}
