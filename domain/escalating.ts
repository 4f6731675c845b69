/** Sending a request to a publisher. */
import { type Draft, orderEscalation, orderMail, record } from './draft.ts';
import type { EventOf } from './events.ts';
import { Refusal } from './failures.ts';
import { overtake } from './proposals.ts';

/** Longest list of escalations of one request: a bound, far above what a request needs. */
const MOST_ESCALATIONS = 100;

/** The publisher has it; the distributor keeps the customer. @throws Refusal `ValidationFailed`, `Conflict`. */
export function escalate(draft: Draft, event: EventOf<'escalate'>): void {
  const { at, n, publisher, publisherContract: contract } = event;
  const { escalations = [] } = draft.state;
  requireSound(draft, event);
  // What we proposed ourselves, and nobody judged, did not do.
  if (draft.state.status !== 'escalated') overtake(draft, at, event);
  draft.state.escalations = [...escalations, { n, publisher, contract, at, status: 'sent' }];
  draft.state.status = 'escalated';
  // To the customer it is a step of their request; the publisher's number and people are not theirs to know.
  record(draft, at, event, { type: 'escalated', facts: { escalation: n, publisher } });
  orderEscalation(draft, n);
  orderMail(draft, { kind: 'escalated', escalation: n });
}

function requireSound({ rules, state: { escalations = [] } }: Draft, event: EventOf<'escalate'>): void {
  const { n, publisherContract } = event;
  const known = rules.terms.publisherContracts ?? [];
  if (!known.includes(publisherContract)) {
    throw new Refusal('ValidationFailed', 'The terms name no such contract with a publisher.', {
      fields: [{ path: 'publisherContract', message: `This must be one of: ${known.join(', ')}.` }],
    });
  }
  if (!Number.isInteger(n) || n < 1 || escalations.length >= MOST_ESCALATIONS) {
    throw new Refusal('ValidationFailed', 'Escalations are numbered from 1.', {
      fields: [{ path: 'n', message: 'This is not the number of an escalation that can be sent.' }],
    });
  }
  if (escalations.some((escalation) => escalation.n === n)) {
    throw new Refusal('Conflict', 'This escalation was sent already.', {
      fields: [{ path: 'n', message: 'This escalation was sent already.' }],
    });
  }
}
