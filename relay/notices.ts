/** Sends notices: mails that belong to no request. */
import type { Pool } from 'pg';
import { claimNotice, endNotice, type WaitingNotice } from '../db/notices.ts';
import { type MailSender, threadable } from '../mail/compose.ts';
import { messageIdOf } from '../mail/messageId.ts';
import { renderCreditNotice } from '../mail/templates/creditNotices.ts';
import { renderNotice } from '../mail/templates/notices.ts';
import type { TokenKeys } from '../mail/tokens.ts';
import type { MailTransport } from '../mail/transport.ts';
import { type Loop, startLoop } from './loop.ts';

/** What sending notices needs. */
export interface NoticesDeps {
  readonly pool: Pool;
  readonly transport: MailTransport;
  readonly sender: MailSender;
  readonly tokenKeys: TokenKeys;
  /** Where requests are made. */
  readonly portal: string;
  readonly log: { warn(fields: object, message: string): void };
  /** Longest pause between two looks, milliseconds; 2 seconds without it. */
  readonly pauseMs?: number;
}

const LEASE_SECONDS = 30;
const SENDING_MS = 18_000;

/** Starts to send them. Several relays may: a notice is claimed, and has one Message-ID. */
export function startNotices(deps: NoticesDeps): Loop {
  const { pool, log, pauseMs = 2_000 } = deps;
  return startLoop(
    async () => {
      const notice = await claimNotice(pool, LEASE_SECONDS);
      if (!notice) return false;
      await send(deps, notice);
      return true;
    },
    { name: 'notices', pauseMs, log },
  );
}

async function send({ pool, transport, sender, tokenKeys, portal, log }: NoticesDeps, notice: WaitingNotice) {
  const { id, address } = notice;
  const inReplyTo = notice.inReplyTo === null ? undefined : threadable(notice.inReplyTo);
  const isReply = notice.kind !== 'askedByAnother' && inReplyTo !== undefined;
  const delivery = await transport.send(
    {
      from: { name: sender.name, address: `sr@${sender.domain}` },
      to: address,
      // RFC 3834: what a machine answers has no envelope sender, so that nothing comes back.
      bouncesTo: '',
      ...rendered(notice, { signature: sender.name, portal }),
      messageId: messageIdOf(tokenKeys, `notice:${id}`, sender.domain),
      ...(isReply ? { inReplyTo } : {}),
      references: isReply ? [inReplyTo] : [],
      headers: { 'Auto-Submitted': isReply ? 'auto-replied' : 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    },
    AbortSignal.timeout(SENDING_MS),
  );
  switch (delivery.result) {
    case 'accepted':
      return await endNotice(pool, id, 'accepted', null);
    case 'refused':
      return await endNotice(pool, id, 'refused', delivery.reason);
    case 'retry':
      log.warn({ notice: id, reason: delivery.reason }, 'a notice was not taken; there will be other attempts');
      return await endNotice(pool, id, 'waiting', delivery.reason);
  }
}

function rendered(notice: WaitingNotice, ours: { readonly signature: string; readonly portal: string }) {
  const { kind, language, name, contract, about, credit } = notice;
  const facts = { language, name, contract, ...ours };
  switch (kind) {
    case 'creditExpiring':
    case 'creditLow':
    case 'creditGone':
    case 'creditRenewed':
      if (!credit) throw new Error('a notice of credit has no facts');
      return renderCreditNotice(kind, { ...facts, ...credit });
    default:
      return renderNotice(kind, { ...facts, ...(about === null ? {} : { about }) });
  }
}
