/** Alerts the agent of a call: free minutes run out, or the balance does not suffice. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Pool } from 'pg';
import { hotlineOf } from '../contracts/hotline.ts';
import { readTerms } from '../db/contracts.ts';
import { markAgentTold, readCallAlert } from '../db/hotlineCalls.ts';
import { readMailSubject } from '../db/mailFacts.ts';
import { messageIdOf } from '../mail/messageId.ts';
import { renderCallAlert } from '../mail/templates/interventionMails.ts';
import { bounceAddress, signReplyToken } from '../mail/tokens.ts';
import type { HotlineActivities } from '../workflows/hotlineMessages.ts';
import type { MailActivitiesDeps } from './orderedMail.ts';

/** Bound of one attempt, below the start-to-close of 20 s. Milliseconds. */
const SENDING_MS = 14_000;

/**
 * The alert of calls. An alert that an attempt has sent and not noted may be sent twice, under one Message-ID: better than not
 * at all, for it is worth something for minutes only.
 */
export function createHotlineMailActivities(
  deps: MailActivitiesDeps & { readonly pool: Pool },
): Pick<HotlineActivities, 'alertAgent'> {
  const { pool, transport, tokenKeys, sender, staffAlerts } = deps;
  return {
    async alertAgent({ id, because }) {
      const alert = await readCallAlert(pool, id);
      if (!alert) throw new Error(`no call ${id}`);
      const isFreeTime = because === 'freeMinutesEnd';
      // An agent who has hung up has nobody to tell; who was told once knows.
      if (isFreeTime && (alert.isOver || alert.isTold)) return;
      const terms = await readTerms(pool, alert.contract, alert.termsVersion);
      const hasFreeMinutes = terms !== undefined && hotlineOf(terms)?.allowance !== undefined;
      const about = await readMailSubject(pool, alert.request);
      const { address, language } = alert.agent ?? staffAlerts;
      const { subject, text, html } = renderCallAlert(because, {
        ...{ number: alert.request, subject: about.subject, language, zone: about.zone, signature: sender.name },
        ...{ contract: about.contract, customer: about.customer, contact: about.contact, hasFreeMinutes },
      });
      const key = `${id}:${because}`;
      const token = signReplyToken(tokenKeys, { number: alert.request, recipient: 'staff', mail: key });
      const signal = AbortSignal.any([Context.current().cancellationSignal, AbortSignal.timeout(SENDING_MS)]);
      const message = {
        from: { name: sender.name, address: `sr@${sender.domain}` },
        ...{ to: address, bouncesTo: bounceAddress(token, sender.domain), subject, text, html, references: [] },
        messageId: messageIdOf(tokenKeys, key, sender.domain),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      };
      const delivery = await transport.send(message, signal);
      if (delivery.result === 'retry') throw ApplicationFailure.retryable(`alert not sent yet: ${delivery.reason}`);
      if (delivery.result === 'refused') deps.logger.warn({ id, reason: delivery.reason }, 'alert refused for good');
      if (isFreeTime) await markAgentTold(pool, id);
    },
  };
}
