import { expect, it } from 'vitest';
import { summaryOf } from '../../db/statementSpans.ts';

it.each([
  ['SELECT * FROM outbound_mails WHERE key = $1', 'SELECT outbound_mails'],
  ['\n  INSERT INTO texts (id) VALUES ($1) ON CONFLICT DO NOTHING', 'INSERT texts'],
  ['UPDATE requests r SET status = $2 FROM contracts', 'UPDATE requests'],
  ["WITH mail AS (UPDATE inbound_mails SET id = 'claire@customer.example') SELECT 1", 'WITH inbound_mails'],
  ['BEGIN', 'BEGIN'],
  ['', 'SQL'],
])('%s is called %s', (text, summary) => {
  expect(summaryOf(text)).toBe(summary);
});
