/** Files of escalations. Their content is behind one interface; without another store Postgres holds it. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Pool } from 'pg';
import type { Who } from '../domain/events.ts';
import { Refusal, wrongField } from '../domain/failures.ts';
import { checkFile, PACKAGE_BYTES } from './fileTypes.ts';
import { inTransaction, type Queryable } from './pool.ts';

/** A file to be stored, as it came. */
export interface NewFile {
  /** A UUID; that of the call or mail that brought it, so that a retry finds the same file. */
  readonly id: string;
  readonly escalation: string;
  readonly declaredName: string;
  readonly content: Buffer;
  readonly storedBy: Who;
}

/** What is known of a stored file. */
export interface Attachment {
  readonly id: string;
  readonly escalation: string;
  readonly name: string;
  /** Media type, by the content. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly storedBy: Who;
  readonly createdAt: Date;
}

/** Where files are kept. */
export interface FileStore {
  /**
   * Stores a file; one that is there already stays as it is.
   *
   * @throws Refusal `ValidationFailed`: its content or size is not admitted, or the package would be too large; `NotFound`
   */
  put(file: NewFile): Promise<Attachment>;
  /** The content; undefined when there is no such file. */
  read(id: string): Promise<Readable | undefined>;
}

/** Files in Postgres. */
export function createPostgresFiles(pool: Pool): FileStore {
  return {
    async put({ id, escalation, declaredName, content, storedBy }) {
      const { name, type } = await checkFile(declaredName, content);
      const sha256 = createHash('sha256').update(content).digest();
      return await inTransaction(pool, async (client) => {
        // One at a time: two files that fit alone may be too large together.
        const locked = await client.query('SELECT FROM escalations WHERE id = $1 FOR NO KEY UPDATE', [escalation]);
        if (locked.rowCount !== 1) throw new Refusal('NotFound', 'There is no such escalation.');
        const known = await readAttachment(client, escalation, id);
        if (known) return known;
        const { rows } = await client.query<{ size: string }>(
          'SELECT coalesce(sum(size), 0) AS size FROM attachments WHERE escalation = $1',
          [escalation],
        );
        if (Number(rows[0]?.size) + content.length > PACKAGE_BYTES) {
          const message = 'The files of an escalation may have 25 MiB together: send only what shows the problem.';
          throw wrongField('file', message);
        }
        await client.query(
          `INSERT INTO attachments (id, escalation, name, type, size, sha256, content, stored_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
          [id, escalation, name, type, content.length, sha256, content, storedBy],
        );
        const stored = await readAttachment(client, escalation, id);
        if (!stored) throw new Error('a file that was just stored is not there');
        return stored;
      });
    },
    async read(id) {
      const { rows } = await pool.query<{ content: Buffer }>('SELECT content FROM attachments WHERE id = $1', [id]);
      return rows[0] && Readable.from([rows[0].content]);
    },
  };
}

const ATTACHMENT = `
  SELECT id, escalation, name, type, size, encode(sha256, 'hex') AS sha256, stored_by AS "storedBy",
         created_at AS "createdAt"
  FROM attachments`;

/** The files of an escalation, the oldest first. */
export async function listAttachments(db: Queryable, escalation: string): Promise<Attachment[]> {
  const { rows } = await db.query<Attachment>(`${ATTACHMENT} WHERE escalation = $1 ORDER BY created_at, id`, [
    escalation,
  ]);
  return rows;
}

/** One file of an escalation, by its UUID; undefined when it has no such file. */
async function readAttachment(db: Queryable, escalation: string, id: string): Promise<Attachment | undefined> {
  const { rows } = await db.query<Attachment>(`${ATTACHMENT} WHERE escalation = $1 AND id::text = $2`, [
    escalation,
    id,
  ]);
  return rows[0];
}

/** Makes a file part of the draft's example file, in place of the reason why there was none. False: it is no draft any more. */
export async function addExampleFile(db: Queryable, escalation: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE escalations
     SET parts = jsonb_set(parts, '{exampleFile}', jsonb_build_object('files',
           coalesce(parts->'exampleFile'->'files', '[]') - $2::text || to_jsonb($2::text))), updated_at = now()
     WHERE id = $1 AND stage = 'draft'`,
    [escalation, id],
  );
  return rowCount === 1;
}
