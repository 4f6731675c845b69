import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EscalationId } from '../../domain/escalation/state.ts';
import { messageIdOf } from '../../mail/messageId.ts';
import {
  actionAddress,
  bounceAddress,
  deriveKey,
  PUBLISHER_ACTIONS,
  parseActionAddress,
  parseAddressedToken,
  replyAddress,
  signActionToken,
  signApprovalToken,
  signReplyToken,
  type TokenKey,
  verifyActionToken,
  verifyApprovalToken,
  verifyReplyToken,
} from '../../mail/tokens.ts';

const first: TokenKey = { id: 'k2', key: Buffer.alloc(32, 2) };
const older: TokenKey = { id: 'k1', key: Buffer.alloc(32, 1) };
const subject = { number: 'DA-2026-004217', recipient: 'contact:c-1', mail: 'request:DA-2026-004217:mail:7' };

describe('reply tokens', () => {
  it('verify over the data they were signed for', () => {
    const token = signReplyToken([first, older], subject);
    expect(token).toMatch(/^[a-z2-7]{24}$/);
    expect(verifyReplyToken([first, older], token, subject)).toBe(true);
  });

  it('are refused when any letter is another', () => {
    const token = signReplyToken([first], subject);
    for (let i = 0; i < token.length; i++) {
      for (const letter of 'abcdefghijklmnopqrstuvwxyz234567') {
        if (letter === token[i]) continue;
        const tampered = token.slice(0, i) + letter + token.slice(i + 1);
        expect(verifyReplyToken([first], tampered, subject)).toBe(false);
      }
    }
    expect(verifyReplyToken([first], '', subject)).toBe(false);
    expect(verifyReplyToken([first], `${token}a`, subject)).toBe(false);
    expect(verifyReplyToken([first], token.slice(1), subject)).toBe(false);
  });

  it('are refused for another request, person, mail or key', () => {
    const token = signReplyToken([first], subject);
    expect(verifyReplyToken([first], token, { ...subject, number: 'DA-2026-004218' })).toBe(false);
    expect(verifyReplyToken([first], token, { ...subject, recipient: 'contact:c-2' })).toBe(false);
    expect(verifyReplyToken([first], token, { ...subject, mail: 'request:DA-2026-004217:mail:8' })).toBe(false);
    expect(verifyReplyToken([older], token, subject)).toBe(false);
    expect(verifyReplyToken([{ id: 'renamed', key: first.key }], token, subject)).toBe(false);
  });

  it('signed with a key that was replaced still verify while it is listed', () => {
    const token = signReplyToken([older], subject);
    expect(signReplyToken([first, older], subject)).not.toBe(token);
    expect(verifyReplyToken([first, older], token, subject)).toBe(true);
    expect(verifyReplyToken([first], token, subject)).toBe(false);
  });

  it('use a key of their own for each purpose', () => {
    const keys = (['reply', 'approval', 'publisher', 'messageId'] as const).map((purpose) =>
      Buffer.from(deriveKey(first, purpose)).toString('hex'),
    );
    expect(new Set(keys).size).toBe(keys.length);
    const raw = createHmac('sha256', first.key).update('x').digest('hex');
    expect(keys).not.toContain(raw);
  });
});

describe('addresses with a token', () => {
  const token = signReplyToken([first], subject);

  it('fit in a local part, and are read back whatever their case', () => {
    for (const address of [replyAddress(token, 'support.example'), bounceAddress(token, 'support.example')]) {
      const localPart = address.slice(0, address.indexOf('@'));
      expect(Buffer.byteLength(localPart)).toBeLessThanOrEqual(64);
      expect(parseAddressedToken(localPart.toUpperCase())).toEqual({
        to: localPart.startsWith('sr') ? 'reply' : 'bounce',
        token,
      });
    }
  });

  it.each([
    'sr',
    'sr+',
    'sr+abc',
    `sr+${'a'.repeat(25)}`,
    `other+${'a'.repeat(24)}`,
    `sr+${'a'.repeat(24)}+b`,
    `sr+${'1'.repeat(24)}`,
  ])('are not seen in %s', (localPart) => {
    expect(parseAddressedToken(localPart)).toBeUndefined();
  });

  it('are not made of anything else', () => {
    expect(() => replyAddress('x@evil.example\r\n', 'support.example')).toThrow(RangeError);
  });
});

describe('action tokens', () => {
  const id = fc.string({ minLength: 1, maxLength: 40 });
  const subjects = fc.record({
    escalation: id.map((one) => `escalation:${one}:1` as EscalationId),
    publisher: id,
    mail: id,
    action: fc.constantFrom(...PUBLISHER_ACTIONS),
  });

  it('verify over what they were signed for, and over nothing else', () => {
    fc.assert(
      fc.property(subjects, subjects, (one, other) => {
        const token = signActionToken([first], one);
        const same = JSON.stringify(Object.entries(one)) === JSON.stringify(Object.entries(other));
        expect(verifyActionToken([older, first], token, one)).toBe(true);
        expect(verifyActionToken([first], token, other)).toBe(same);
        expect(verifyActionToken([older], token, one)).toBe(false);
      }),
    );
  });

  it('name one action each: another action of the same mail has another token', () => {
    fc.assert(
      fc.property(subjects, (one) => {
        const tokens = PUBLISHER_ACTIONS.map((action) => signActionToken([first], { ...one, action }));
        expect(new Set(tokens).size).toBe(PUBLISHER_ACTIONS.length);
      }),
    );
  });

  it('are no reply tokens, and reply tokens are none', () => {
    const parts = { number: 'n', recipient: 'publisher:p', mail: 'm' };
    const action = { escalation: 'n', publisher: 'publisher:p', mail: 'm', action: 'note' } as const;
    const odd = { ...action, escalation: 'n' as EscalationId };
    expect(verifyActionToken([first], signReplyToken([first], parts), odd)).toBe(false);
    expect(verifyReplyToken([first], signActionToken([first], odd), parts)).toBe(false);
  });

  it.each(PUBLISHER_ACTIONS)('make an address for %s that fits in a local part and is read back', (action) => {
    const of = { escalation: 'escalation:DA-2026-004217:1', publisher: 'p1', mail: 'k', action } as const;
    const token = signActionToken([first], of);
    const address = actionAddress(action, token, 'support.example');
    const localPart = address.slice(0, address.indexOf('@'));
    expect(Buffer.byteLength(localPart)).toBeLessThanOrEqual(64);
    expect(parseActionAddress(localPart.toUpperCase())).toEqual({ action, token });
    expect(parseAddressedToken(localPart)).toBeUndefined();
  });

  it.each(['sr+ack', 'sr+ack.', 'sr+ack.abc', `sr+close.${'a'.repeat(24)}`, `bounce+ack.${'a'.repeat(24)}`])(
    'are not seen in %s',
    (localPart) => {
      expect(parseActionAddress(localPart)).toBeUndefined();
    },
  );
});

describe('approval tokens', () => {
  const approval = {
    intervention: 'intervention:DA-2026-004217:1',
    contact: 'c-1',
    purpose: 'estimate',
    estimate: 'e-1',
    mail: 'intervention:DA-2026-004217:1:estimate:3',
  } as const;

  it('verify over one contact, one estimate and one mail, and serve no other purpose', () => {
    const token = signApprovalToken([first, older], approval);
    expect(token).toMatch(/^[a-z2-7]{24}$/);
    expect(verifyApprovalToken([first, older], token, approval)).toBe(true);
    expect(verifyApprovalToken([first, older], signApprovalToken([older], approval), approval)).toBe(true);
    for (const other of [
      { intervention: 'intervention:DA-2026-004217:2' as const },
      ...[{ contact: 'c-2' }, { purpose: 'more' as const }, { estimate: 'e-2' }, { estimate: null }, { mail: 'm' }],
    ]) {
      expect(verifyApprovalToken([first, older], token, { ...approval, ...other })).toBe(false);
    }
    expect(verifyReplyToken([first, older], token, subject)).toBe(false);
    expect(verifyApprovalToken([first, older], signReplyToken([first], subject), approval)).toBe(false);
  });
});

describe('Message-IDs', () => {
  it('are the same for the same effect and tell nothing of it', () => {
    const id = messageIdOf([first], subject.mail, 'support.example');
    expect(id).toMatch(/^<[0-9a-f]{40}@support\.example>$/);
    expect(messageIdOf([first], subject.mail, 'support.example')).toBe(id);
    expect(messageIdOf([first], 'request:DA-2026-004217:mail:8', 'support.example')).not.toBe(id);
    expect(id).not.toContain('4217');
  });
});
