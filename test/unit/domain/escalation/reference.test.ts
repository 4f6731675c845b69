import { describe, expect, it } from 'vitest';
import { quotedReferences, referenceOf } from '../../../../domain/escalation/reference.ts';

const ID = 'escalation:DA-2026-004217:12';

describe('what people quote of an escalation', () => {
  it('is its SR, or its request’s number and its own', () => {
    expect(referenceOf(ID, 'SR-2026-000001')).toBe('SR-2026-000001');
    expect(referenceOf(ID, null)).toBe('DA-2026-004217/12');
  });

  it.each([
    ['Re: [DA-2026-004217/12] Escalation', [ID]],
    ['tr: da-2026-004217/12, merci', [ID]],
    ['DA-2026-004217/12.', [ID]],
    ['DA-2026-004217/1 and DA-2026-004217/2', ['escalation:DA-2026-004217:1', 'escalation:DA-2026-004217:2']],
  ])('is found in %s', (subject, ids) => {
    expect(quotedReferences(subject)).toStrictEqual(ids);
  });

  it.each(['DA-2026-004217', 'DA-2026-004217/0', 'DA-2026-004217/12b', 'DA-2026-004217/1/2', 'XDA-2026-004217/1', ''])(
    'is not in %s',
    (subject) => {
      expect(quotedReferences(subject)).toStrictEqual([]);
    },
  );
});
