import { describe, expect, it } from 'vitest';
import { withoutLinks } from '../../api/withoutLinks.ts';

const TOKEN = 'abcdefghijklmnopqrstuvw2';

describe('texts that are shown', () => {
  it.each([
    `https://x.test/approvals/${TOKEN} and more`,
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
    expect(withoutLinks(null)).toBe(null);
  });
});
