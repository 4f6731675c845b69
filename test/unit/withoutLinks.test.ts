import { describe, expect, it } from 'vitest';
import { withoutLinks } from '../../api/withoutLinks.ts';

const TOKEN = 'abcdefghijklmnopqrstuvw2';

describe('texts that are shown', () => {
  it.each([
    `https://x.test/approvals/${TOKEN} and more`,
    `https://urldefense.proofpoint.com/v2/url?u=https-3A__x.test_approvals_${TOKEN} and more`,
    `https://safe.test/?url=https%253A%252F%252Fx.test%252Fapprovals%252F${TOKEN} and more`,
    `<a href="https:&#47;&#47;x.test&#47;approvals&#47;${TOKEN}">x</a> and more`,
    `> https://x.test/approvals/\r\n> ${TOKEN} and more`,
    `> https://x.test/approvals/${TOKEN.slice(0, 12)}\r\n> ${TOKEN.slice(12)} and more`,
    `<a href="https://safe.test/?url=https%3A%2F%2Fx.test%2Fapprovals%2F${TOKEN}">x</a> and more`,
  ])('have no token: %j', (text) => {
    const shown = withoutLinks(text);
    expect(shown).not.toContain(TOKEN.slice(0, 12));
    expect(shown).not.toContain(TOKEN.slice(12));
    expect(shown).toContain('and more');
  });

  it('are left alone otherwise', () => {
    expect(withoutLinks('We wait for approvals/quotes.')).toBe('We wait for approvals/quotes.');
    for (const text of ['Ask approvals_committee.', 'It waits for approvals/\nsomething else.']) {
      expect(withoutLinks(text)).toBe(text);
    }
    expect(withoutLinks(null)).toBe(null);
  });
});
