/** What the saves of requests, escalations and interventions have in common: each is done once, by its key, and writes lines of a timeline. */
import type { Pool, PoolClient } from 'pg';
import type { EffectKey } from '../domain/effects.ts';
import type { EscalationEntry } from '../domain/escalation/timeline.ts';
import type { InterventionEntry } from '../domain/intervention/timeline.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
import { contentHash } from './contentHash.ts';
import { inTransaction } from './pool.ts';

/** An effect's key was used before with other content. Trying again does not help. */
export class KeyConflict extends Error {
  constructor() {
    super('the key of this effect was used with other content');
    this.name = 'KeyConflict';
  }
}

/** A save, as far as this goes: its entries are those of version `seq`. */
interface Saved<L> {
  readonly key: EffectKey;
  readonly seq: number;
  readonly entries: readonly L[];
}

/** Whose timeline a table holds, the column that names it there, and the row of its own. */
const OWNERS = {
  timeline: { what: 'request', column: 'number', row: 'requests WHERE number' },
  escalation_timeline: { what: 'escalation', column: 'escalation', row: 'escalations WHERE id' },
  intervention_timeline: { what: 'intervention', column: 'intervention', row: 'interventions WHERE id' },
} as const;
type Timeline = keyof typeof OWNERS;
type Line = TimelineEntry | EscalationEntry | InterventionEntry;

/**
 * Writes the entries once, each with the audience of its type, then by `writeState` what is newer than the row; all in one
 * transaction. @throws KeyConflict
 */
export async function saveTransition<L extends Line>(
  pool: Pool,
  {
    timeline,
    owner,
    save,
    audience,
  }: {
    readonly timeline: Timeline;
    readonly owner: string;
    readonly save: Saved<L>;
    readonly audience: { readonly [type in L['type']]: string };
  },
  writeState: (client: PoolClient) => Promise<void>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { what, row } = OWNERS[timeline];
    // Saves of one go one after the other: a key that is being written is waited for, not raced.
    const { rowCount } = await client.query(`SELECT FROM ${row} = $1 FOR UPDATE`, [owner]);
    if (rowCount === 0) throw new Error(`no ${what} ${owner}`);
    if (await claimKey(client, save)) await writeLines(client, timeline, owner, save, audience);
    await writeState(client);
  });
}

/**
 * True when the key is new; false when this was done before. Its content are the entries: a later run sends a newer state.
 *
 * @throws KeyConflict
 */
async function claimKey(client: PoolClient, { key, seq, entries }: Saved<unknown>): Promise<boolean> {
  const hash = contentHash({ seq, entries });
  const inserted = await client.query(
    'INSERT INTO effects (key, content_hash) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING',
    [key, hash],
  );
  if (inserted.rowCount === 1) return true;
  const { rows } = await client.query<{ content_hash: Buffer }>('SELECT content_hash FROM effects WHERE key = $1', [
    key,
  ]);
  if (!rows[0]?.content_hash.equals(hash)) throw new KeyConflict();
  return false;
}

/** Writes lines of `owner`'s timeline, each with the audience of its type. */
async function writeLines<L extends Line>(
  client: PoolClient,
  table: Timeline,
  owner: string,
  { seq, entries }: Saved<L>,
  audience: { readonly [type in L['type']]: string },
): Promise<void> {
  for (const [line, entry] of entries.entries()) {
    await client.query(
      `INSERT INTO ${table}
         (${OWNERS[table].column}, seq, line, at, type, audience, who, channel, entered_by, entered_at, text_id, mail_id, facts)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        owner,
        seq,
        line,
        new Date(entry.at),
        entry.type,
        audience[entry.type as L['type']],
        entry.who,
        entry.channel,
        entry.enteredBy ?? null,
        instant(entry.enteredAt),
        entry.text ?? null,
        entry.mail ?? null,
        JSON.stringify(entry.facts ?? {}),
      ],
    );
  }
}

/**
 * Condition on a row: it is not newer than what is saved, of this version and last changed at this instant, each a placeholder
 * of the statement. Within one version only what waits in the state changes; then the later event is the newer.
 */
export function isNotNewerThan(seq: `$${number}`, lastAt: `$${number}`): string {
  return `(version < ${seq} OR (version = ${seq} AND (state IS NULL OR (state->>'lastAt')::bigint <= ${lastAt})))`;
}

/** Epoch milliseconds as Postgres takes them. */
export function instant(at: number | undefined): Date | null {
  return at === undefined ? null : new Date(at);
}
