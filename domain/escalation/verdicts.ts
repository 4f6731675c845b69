/** What the request says of what the publisher delivered. A verdict on what is not there any more changes nothing. */
import { meet } from '../clockChanges.ts';
import { dueMoments } from '../clocks.ts';
import { endPauses, record, type Source, withText } from '../draft.ts';
import type { ProposalKind } from '../effects.ts';
import type { PauseCause } from '../state.ts';
import { type EscalationDraft, orderMail } from './draft.ts';
import { end, withdraw } from './ending.ts';
import type { EscalationEventOf } from './events.ts';
import type { EscalationVerdict } from './messages.ts';
import { isOver } from './transitions.ts';

/** Carries out the request's word. */
export function hear(draft: EscalationDraft, { at, verdict, ...event }: EscalationEventOf<'told'>): void {
  if (isOver(draft.state)) return;
  const source: Source = { ...event, who: verdict.who };
  switch (verdict.what) {
    case 'accepted':
      return accept(draft, at, source, verdict);
    case 'rejected':
      return reject(draft, at, source, verdict);
    case 'withdrawn':
      return withdraw(draft, at, source, verdict.text);
  }
}

const PAUSES = { workaround: 'workaroundProposed', fix: 'fixProposed' } as const satisfies {
  [kind in ProposalKind]: PauseCause;
};

/** When what is judged was delivered: a workaround may have been followed by its fix. */
function deliveredAt({ state }: EscalationDraft, kind: ProposalKind): number | undefined {
  return state.pauses.find(({ cause, to }) => cause === PAUSES[kind] && to === undefined)?.from;
}

/** What was judged has no part in it any more; what was delivered after it is still to be judged. */
function takeUp(draft: EscalationDraft, kind: ProposalKind, at: number): void {
  endPauses(draft, kind === 'fix' ? [PAUSES.fix, PAUSES.workaround] : [PAUSES.workaround], at);
  if (draft.state.delivery?.kind !== kind) return;
  delete draft.state.delivery;
  draft.state.status = 'inProgress';
}

type Verdict<W extends EscalationVerdict['what']> = Extract<EscalationVerdict, { what: W }>;

/** It meets its clocks at the instant of its delivery. After a provisional workaround the publisher works on. */
function accept(draft: EscalationDraft, at: number, source: Source, { kind, ends }: Verdict<'accepted'>): void {
  const since = deliveredAt(draft, kind);
  if (since === undefined && !ends) return;
  const permanent = kind === 'workaround' ? { permanent: ends } : {};
  record(draft, at, source, { type: 'accepted', facts: { kind, ...permanent } });
  if (since !== undefined) {
    meet(draft, kind, since);
    if (kind === 'workaround' && ends) meet(draft, 'permanentWorkaround', since);
  }
  if (ends) end(draft, 'closed', at);
  else takeUp(draft, kind, at);
  orderMail(draft, { kind: 'accepted', of: kind, ends });
}

/** The clocks resume: the time that it was tried is a pause. */
function reject(draft: EscalationDraft, at: number, source: Source, { kind, text }: Verdict<'rejected'>): void {
  if (deliveredAt(draft, kind) === undefined) return;
  takeUp(draft, kind, at);
  record(draft, at, source, { type: 'rejected', ...withText(text), facts: { kind } });
  const due = dueMoments(draft.state, draft.rules).map((clock) => clock.at);
  orderMail(draft, {
    kind: 'rejected',
    of: kind,
    ...withText(text),
    ...(due.length === 0 ? {} : { dueAt: Math.min(...due) }),
  });
}
