/** What people wrote. A text is stored before the command that names it, so that histories know its id only. */
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
