/** How an escalation ends: accepted, refused by the publisher, or withdrawn. */
import { endPauses, record, type Source, startPause, withText } from '../draft.ts';
import { Refusal } from '../failures.ts';
import { type EscalationDraft, openTask, orderMail, report } from './draft.ts';
import type { EscalationEventOf } from './events.ts';

/** Clocks that are not met stand still from here. */
export function end(
  draft: EscalationDraft,
  status: 'closed' | 'refused' | 'withdrawn',
  at: number,
  exclusion?: string,
): void {
  draft.state.status = status;
  draft.state.ended = { at, ...(exclusion === undefined ? {} : { exclusion }) };
  draft.state.tasks = [];
  delete draft.state.delivery;
  delete draft.state.chasing;
  endPauses(draft, ['waiting', 'workaroundProposed', 'fixProposed'], at);
  startPause(draft, 'closed', at);
}

/** The publisher refuses what its terms exclude: it is to be quoted. @throws Refusal `ValidationFailed` */
export function refuse(draft: EscalationDraft, event: EscalationEventOf<'refuse'>): void {
  const { at, who, exclusion, text } = event;
  const { exclusions } = draft.rules.terms;
  if (!exclusions.includes(exclusion)) {
    const known = exclusions.join(', ');
    throw new Refusal('ValidationFailed', `The terms have no such exclusion; they know ${known}.`, {
      fields: [{ path: 'exclusion', message: `This must be one of: ${known}.` }],
    });
  }
  record(draft, at, event, { type: 'refused', ...withText(text), facts: { exclusion } });
  end(draft, 'refused', at, exclusion);
  report(draft, at, who, { what: 'refused', exclusion, ...withText(text) });
  openTask(draft, { kind: 'quote', since: at }, { exclusion, ...withText(text) });
}

/** The publisher need not go on. */
export function withdraw(draft: EscalationDraft, at: number, source: Source, text: string | undefined): void {
  record(draft, at, source, { type: 'withdrawn', ...withText(text) });
  end(draft, 'withdrawn', at);
  orderMail(draft, { kind: 'withdrawn', ...withText(text) });
}
