/** Publishers' mail coming in: the relay's world, two publishers, their people, escalations, and a door that records. */

import type { EscalationsForMail } from '../../client/publisherMails.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { publisherSupport } from '../../contracts/templates/publisherSupport.ts';
import { readEscalationRow } from '../../db/escalations.ts';
import { insertOutboundMail } from '../../db/outboundMails.ts';
import { referenceOf } from '../../domain/escalation/reference.ts';
import type { EscalationId, EscalationStatus } from '../../domain/escalation/state.ts';
import { Refusal } from '../../domain/failures.ts';
import { messageIdOf } from '../../mail/messageId.ts';
import {
  actionAddress,
  bounceAddress,
  PUBLISHER_ACTIONS,
  type PublisherAction,
  signActionToken,
  signReplyToken,
  type TokenKeys,
} from '../../mail/tokens.ts';
import { createRelayWorld, DOMAIN, KEYS, type Received, type RelayWorld } from './relayWorld.ts';

export const KIM = 'kim@softco.test';

/** A mail of ours to a publisher, as its receiver knows it. */
export interface SentToPublisher {
  readonly key: string;
  readonly messageId: string;
  readonly subject: string;
  readonly to: { readonly [action in PublisherAction]: string };
  readonly bouncesTo: string;
}

const QUOTED = '\n\nOn 20 November 2026 at 10:02, Support wrote:\n> The package\n';

/** A mail to one of its addresses, with ours quoted below. */
export function writing(sent: SentToPublisher, action: PublisherAction, text: string, from = KIM) {
  return {
    from,
    to: sent.to[action],
    subject: `Re: ${sent.subject}`,
    inReplyTo: sent.messageId,
    references: [sent.messageId],
    text: `${text}${QUOTED}`,
  };
}

/** What the door was told. */
export interface Told {
  readonly what: string;
  readonly escalation: string;
  readonly payload: Record<string, unknown>;
}

export interface PublisherWorld extends RelayWorld {
  readonly told: Told[];
  /** `before`: nothing is done, and it is unavailable; `after`: it is done, and the answer is lost. */
  escalationsAway: 'before' | 'after' | undefined;
  readonly escalations: EscalationsForMail;
  /** An escalation to SoftCo, sent, of a new request of Claire's; and the mail that told it. */
  openEscalation(publisher?: string): Promise<{ id: EscalationId; number: string; sent: SentToPublisher }>;
  sendToPublisher(id: EscalationId, keys?: TokenKeys): Promise<SentToPublisher>;
  status(id: EscalationId): Promise<EscalationStatus | undefined>;
  setStatus(id: EscalationId, status: EscalationStatus): Promise<void>;
  textOf(id: string): Promise<string | undefined>;
  /** What an escalation's request is to be told of what came too late. */
  lateReports(id: EscalationId): Promise<Record<string, unknown>[]>;
  /** What the door was told, by name. */
  toldOf(): string[];
  /** The last mail, once that many are there and none is under way. */
  only(count?: number): Promise<Received>;
  /** What became of each mail, the first first. */
  filed(): Promise<Record<string, unknown>[]>;
}

/** SoftCo has Kim (active) and Lee (not any more); Other has Oz. The relay is not started. */
export async function createPublisherWorld(): Promise<PublisherWorld> {
  const relay = await createRelayWorld();
  const { pool } = relay;
  await pool.query(`INSERT INTO publishers (id, name, email, language) VALUES
    ('softco', 'SoftCo', 'support@softco.test', 'en'), ('other', 'Other', 'support@other.test', 'fr')`);
  await pool.query(`INSERT INTO publisher_people (id, publisher, name, email, language, active) VALUES
    ('kim', 'softco', 'Kim', '${KIM}', 'en', true), ('lee', 'softco', 'Lee', 'lee@softco.test', 'en', false),
    ('oz', 'other', 'Oz', 'oz@other.test', 'fr', true)`);
  const terms = JSON.stringify(publisherSupport({ customer: 'Distributor', provider: 'SoftCo' }));
  for (const [reference, publisher] of [
    ['C-softco', 'softco'],
    ['C-other', 'other'],
  ]) {
    await pool.query(
      `INSERT INTO contracts (reference, family, customer, zone, publisher) VALUES ($1, 'C', 'Distributor', 'Europe/Paris', $2)`,
      [reference, publisher],
    );
    await pool.query(
      `INSERT INTO contract_terms (contract, version, effective_from, terms) VALUES ($1, 1, '2026-01-01', $2)`,
      [reference, terms],
    );
  }
  let mails = 0;
  let srs = 0;
  const told: Told[] = [];
  const given = new Set<string>();

  const statusOf = async (id: EscalationId) => (await readEscalationRow(pool, id))?.state?.status;
  const setStatus = async (id: EscalationId, status: EscalationStatus) => {
    await pool.query(
      `UPDATE escalations SET status = $2, state = coalesce(state, '{}') || jsonb_build_object('status', $2::text) WHERE id = $1`,
      [id, status],
    );
  };
  /** Where each command leads from where; as the core has it. */
  const LEADS: { readonly [command: string]: readonly [from: readonly EscalationStatus[], to: EscalationStatus] } = {
    acknowledge: [['sent'], 'acknowledged'],
    ask: [['acknowledged', 'inProgress'], 'waiting'],
    deliverWorkaround: [['acknowledged', 'inProgress'], 'workaroundDelivered'],
    deliverFix: [['acknowledged', 'inProgress', 'workaroundDelivered'], 'resolved'],
  };
  const fact = (what: string) => async (escalation: EscalationId, payload: object) => {
    if (world.escalationsAway === 'before') throw new Unavailable('Temporal');
    const status = await statusOf(escalation);
    if (status === 'closed' || status === 'withdrawn') return 'gone' as const;
    told.push({ what, escalation, payload: { ...payload } });
    return 'delivered' as const;
  };
  const escalations: EscalationsForMail = {
    async allocateSr(_pool, id) {
      const { rows } = await pool.query('SELECT sr FROM escalations WHERE id = $1', [id]);
      if (rows[0]?.sr) return { sr: rows[0].sr, srIssuedBy: 'distributor' };
      srs += 1;
      const sr = `SR-2026-${String(srs).padStart(6, '0')}`;
      await pool.query(`UPDATE escalations SET sr = $2, sr_issued_by = 'distributor' WHERE id = $1`, [id, sr]);
      return { sr, srIssuedBy: 'distributor' };
    },
    door: {
      async command(id, name, command) {
        if (world.escalationsAway === 'before') throw new Unavailable('Temporal');
        const status = (await statusOf(id)) ?? 'sent';
        const leads = LEADS[name];
        if (!given.has(command.commandId)) {
          if (leads && !leads[0].includes(status)) throw new Refusal('InvalidTransition', 'not now');
          given.add(command.commandId);
          told.push({ what: name, escalation: id, payload: { ...command } });
          if (leads) await setStatus(id, leads[1]);
        }
        if (world.escalationsAway === 'after') throw new Unavailable('Temporal');
        return { id, version: 1, at: 1, status: leads?.[1] ?? status };
      },
      holdMessage: fact('holdMessage'),
      dismissMessage: fact('dismissMessage'),
      mailBounced: fact('mailBounced'),
    },
  };

  const world: PublisherWorld = Object.assign(relay, {
    told,
    escalationsAway: undefined,
    escalations,
    setStatus,
    status: statusOf,
    async openEscalation(publisher = 'softco') {
      const number = await relay.openRequest();
      const id = `escalation:${number}:1` as const;
      await pool.query(
        `INSERT INTO escalations (id, request, n, contract, terms_version, publisher, stage, priority, drafted_by)
         VALUES ($1, $2, 1, $3, 1, $4, 'sent', 'p2', 'staff:a1')`,
        [id, number, `C-${publisher}`, publisher],
      );
      await setStatus(id, 'sent');
      return { id, number, sent: await world.sendToPublisher(id) };
    },
    async sendToPublisher(id: EscalationId, keys: TokenKeys = KEYS) {
      mails += 1;
      const row = await readEscalationRow(pool, id);
      if (!row) throw new Error(`no ${id}`);
      const { publisher, request: number } = row;
      const key = `${id}:mail:${mails}`;
      const recipient = `publisher:${publisher}`;
      const token = signReplyToken(keys, { number, recipient, mail: key });
      const actions = PUBLISHER_ACTIONS.map((action) => ({
        action,
        token: signActionToken(keys, { escalation: id, publisher, mail: key, action }),
      }));
      const ours = {
        key,
        contentHash: Buffer.alloc(32, mails),
        order: { kind: 'escalated', priority: 'p2' },
        number,
        escalation: id,
        audience: 'publisher',
        recipient,
        address: KIM,
        token,
        actions,
        messageId: messageIdOf(keys, key, DOMAIN),
        subject: `[${referenceOf(id, null)}] Escalation`,
        text: 'The package',
        html: '',
        inReplyTo: undefined,
        references: [],
      } as const;
      await insertOutboundMail(pool, ours, 0);
      await pool.query(`UPDATE outbound_mails SET status = 'accepted', ended_at = now() WHERE key = $1`, [key]);
      const to = Object.fromEntries(
        actions.map(({ action, token: one }) => [action, actionAddress(action, one, DOMAIN)]),
      ) as SentToPublisher['to'];
      return { key, messageId: ours.messageId, subject: ours.subject, to, bouncesTo: bounceAddress(token, DOMAIN) };
    },
    toldOf: () => told.map(({ what }) => what),
    async only(count = 1) {
      const mail = (await relay.settled(count)).at(-1);
      if (!mail) throw new Error('no mail');
      return mail;
    },
    async filed() {
      const { rows } = await pool.query(
        `SELECT disposition, reason, number, escalation, publisher_person AS person, action
         FROM inbound_mails ORDER BY received_at, id`,
      );
      return rows;
    },
    async lateReports(id: EscalationId) {
      const { rows } = await pool.query<{ report: Record<string, unknown> }>(
        'SELECT r.report FROM escalation_reports r JOIN escalations e ON e.request = r.request WHERE e.id = $1',
        [id],
      );
      return rows.map(({ report }) => report);
    },
    async textOf(id: string) {
      const { rows } = await pool.query<{ body: string }>('SELECT body FROM texts WHERE id = $1', [id]);
      return rows[0]?.body;
    },
  });
  return world;
}
