/** What the saves of requests and of escalations have in common: each is done once, by its key, and writes lines of a timeline. */
import type { PoolClient } from 'pg';
import type { EffectKey } from '../domain/effects.ts';
import type { EscalationEntry } from '../domain/escalation/timeline.ts';
import type { InterventionEntry } from '../domain/intervention/timeline.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
import { contentHash } from './contentHash.ts';

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

/**
 * True when the key is new; false when this was done before. Its content are the entries: a later run sends a newer state.
 *
 * @throws KeyConflict
 */
export async function claimKey(client: PoolClient, { key, seq, entries }: Saved<unknown>): Promise<boolean> {
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

/** Whose timeline a table holds, and the column that names it. */
const OWNERS = {
  timeline: 'number',
  escalation_timeline: 'escalation',
  intervention_timeline: 'intervention',
} as const;

/** Writes lines of `owner`'s timeline, each with the audience of its type. */
export async function writeLines<L extends TimelineEntry | EscalationEntry | InterventionEntry>(
  client: PoolClient,
  table: keyof typeof OWNERS,
  owner: string,
  { seq, entries }: Saved<L>,
  audience: { readonly [type in L['type']]: string },
): Promise<void> {
  for (const [line, entry] of entries.entries()) {
    await client.query(
      `INSERT INTO ${table}
         (${OWNERS[table]}, seq, line, at, type, audience, who, channel, entered_by, entered_at, text_id, mail_id, facts)
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

/** Epoch milliseconds as Postgres takes them. */
export function instant(at: number | undefined): Date | null {
  return at === undefined ? null : new Date(at);
}
