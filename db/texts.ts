/** What people wrote. A text is stored before the command that names it, so that histories know its id only. */
import { createHash } from 'node:crypto';
import type { TextId, Who } from '../domain/events.ts';
import type { Queryable } from './pool.ts';

/** A text to be stored. */
export interface NewText {
  /** A UUID; that of the command, so that a retry finds the same text. */
  readonly id: TextId;
  readonly number: string;
  readonly body: string;
  readonly author: Who;
}

/** Id of a further text of a command, whose first has the command's own: the same each time it is asked for. */
export function furtherTextId(commandId: string, name: string): TextId {
  const hex = createHash('sha256').update(`${commandId}:${name}`).digest('hex');
  // A UUID of version 8: made as its maker likes.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Stores a text; one that is there already stays as it is. */
export async function storeText(db: Queryable, { id, number, body, author }: NewText): Promise<void> {
  await db.query('INSERT INTO texts (id, number, body, author) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING', [
    id,
    number,
    body,
    author,
  ]);
}

/**
 * Deletes the text of a refused command; one that a timeline, of a request or an escalation, or a package names stays, even
 * within the words of a part.
 */
export async function deleteText(db: Queryable, id: TextId): Promise<void> {
  await db.query(
    `DELETE FROM texts WHERE id = $1 AND NOT EXISTS (SELECT FROM timeline WHERE text_id = $1)
       AND NOT EXISTS (SELECT FROM escalation_timeline WHERE text_id = $1)
       AND NOT EXISTS (SELECT FROM intervention_timeline WHERE text_id = $1)
       AND NOT EXISTS (SELECT FROM escalations e WHERE e.request = texts.number AND strpos(e.parts::text, $1::text) > 0)`,
    [id],
  );
}
