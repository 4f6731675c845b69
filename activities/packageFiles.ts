/** The files of a package, as a mail takes them along. */
import { buffer } from 'node:stream/consumers';
import type { Pool } from 'pg';
import type { FileStore } from '../db/attachments.ts';
import type { AttachedFile } from '../mail/transport.ts';

/** Reads files by their ids, in the same order, from the store: names and types are in Postgres. One that is not there fails. */
export function readsPackageFiles(
  pool: Pool,
  store: Pick<FileStore, 'read'>,
): (ids: readonly string[]) => Promise<readonly AttachedFile[]> {
  return async (ids) => {
    const { rows } = await pool.query<{ id: string; name: string; type: string }>(
      'SELECT id::text, name, type FROM attachments WHERE id::text = ANY($1)',
      [[...ids]],
    );
    return await Promise.all(
      ids.map(async (id) => {
        const known = rows.find((row) => row.id === id);
        const content = await store.read(id);
        if (!known || !content) throw new Error('a file of the package is not there');
        return { name: known.name, type: known.type, content: await buffer(content) };
      }),
    );
  };
}
