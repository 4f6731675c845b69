/** Workflows of tests about escalations alone: theirs, and a request that does nothing but start one, listen and tell. */
import { condition, continueAsNew, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import type { EscalationReport, EscalationVerdict } from '../../domain/escalation/messages.ts';
import { escalation as theEscalation } from '../../workflows/escalation.ts';
import { publisherHere, type Told } from '../../workflows/escalationBoundary.ts';
import { type EscalationInput, escalationReported } from '../../workflows/escalationMessages.ts';

/** The real one, for the bundle. */
export const escalation = theEscalation;

/** What it has heard, in order. */
export const heard = defineQuery<readonly EscalationReport[]>('heard');
/** What came of the verdicts that it told. */
export const answers = defineQuery<readonly Told[]>('answers');
/** It tells its escalation this. */
export const tell = defineSignal<[EscalationVerdict]>('tell');
/** How its run ends; `unsettled`: it continues as new, and starts what it has started. */
export type Leaving = 'again' | 'unsettled' | 'end';
/** Its run is to end so. */
export const leave = defineSignal<[Leaving]>('leave');

interface StandInInput {
  readonly escalation: EscalationInput;
  readonly isStarted?: boolean;
  readonly heard?: readonly EscalationReport[];
}

/** Its id is `request:<number>`. */
export async function standInRequest(input: StandInInput): Promise<void> {
  const reports: EscalationReport[] = [...(input.heard ?? [])];
  const told: Told[] = [];
  let leaving: Leaving | undefined;
  setHandler(escalationReported, (report) => void reports.push(report));
  setHandler(heard, () => reports);
  setHandler(answers, () => told);
  setHandler(leave, (how) => {
    leaving = how;
  });
  setHandler(tell, async (verdict) => {
    told.push(await publisherHere.tell(input.escalation.id, verdict));
  });
  if (!input.isStarted) await publisherHere.start(input.escalation);
  await condition(() => leaving !== undefined);
  if (leaving === 'end') return;
  await continueAsNew<typeof standInRequest>({ ...input, isStarted: leaving === 'again', heard: reports });
}
