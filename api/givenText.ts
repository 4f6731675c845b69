/** What a caller writes with a command: in Postgres before the command is given, so that histories know its id only. */
import type { Pool } from 'pg';
import { deleteText, storeText } from '../db/texts.ts';
import type { Who } from '../domain/events.ts';
import { Refusal } from '../domain/failures.ts';

/** Stores the text under the command's id and under the request's number, and deletes it when the command is refused. */
export async function withText(
  pool: Pool,
  number: string,
  body: string | undefined,
  { commandId, who }: { readonly commandId: string; readonly who: Who },
  command: (named: { text?: string }) => Promise<unknown>,
): Promise<void> {
  if (body === undefined) {
    await command({});
    return;
  }
  await storeText(pool, { id: commandId, number, body, author: who });
  try {
    await command({ text: commandId });
  } catch (error) {
    if (error instanceof Refusal) await deleteText(pool, commandId);
    throw error;
  }
}
