/** A statement as CSV (RFC 4180), for spreadsheets: what people wrote cannot become a formula there. */
import { stringify } from 'csv-stringify/sync';
import type { StatementLine } from '../db/ledger/statement.ts';
import { iso } from './present.ts';

const COLUMNS = [
  ...(['entry', 'at', 'unit', 'lot', 'kind', 'available', 'pending', 'availableAfter', 'pendingAfter', 'on'] as const),
  ...(['operation', 'reservation', 'corrects', 'orderForm', 'request', 'intervention', 'who', 'why'] as const),
] satisfies readonly (keyof StatementLine)[];

/** The lines under a header of their fields' names, in UTF-8 with lines ended by CR LF. */
export function statementCsv(lines: readonly StatementLine[]): string {
  return stringify(
    lines.map((line) => ({ ...line, at: iso(line.at) })),
    // A text that begins like a formula gets an apostrophe; numbers stay numbers.
    { header: true, columns: [...COLUMNS], record_delimiter: '\r\n', escape_formulas: true },
  );
}
