/** Message-IDs of our mails. */
import { createHmac } from 'node:crypto';
import type { EffectKey } from '../domain/effects.ts';
import { deriveKey, type TokenKeys } from './tokens.ts';

/**
 * `<hex(HMAC(effect key))@domain>`, angle brackets included, as in the header and in `outbound_mails.message_id`. A mail
 * sent again after a lost connection has the same, so that the receiver sees one; it tells nothing of the request.
 */
export function messageIdOf(keys: TokenKeys, key: EffectKey, domain: string): string {
  const digest = createHmac('sha256', deriveKey(keys[0], 'messageId')).update(key).digest('hex').slice(0, 40);
  return `<${digest}@${domain}>`;
}
