/** Lives of requests that go to publishers, for tests of the core. Times are local, in Europe/Paris. */
import type { EscalationReport } from '../../domain/escalation/messages.ts';
import type { RequestTerms } from '../../domain/terms.ts';
import { local } from './businessTime.ts';
import { type Life, openLife } from './life.ts';
import { ANOMALY_TERMS, rulesOf } from './rules.ts';

const CONTRACTS = ['TEST-C', 'TEST-C2'];
/** Family D with contracts with publishers. */
export const TERMS: RequestTerms = { ...ANOMALY_TERMS, publisherContracts: CONTRACTS };
export const RULES = rulesOf(TERMS);

type Told = EscalationReport extends infer R ? (R extends unknown ? Omit<R, 'id' | 'n' | 'at' | 'who'> : never) : never;

let reports = 0;

/** Id of the last report that was given to a life. */
export const lastReportId = () => `escalation:DA-2026-000001:1:report:${reports}`;

/** A report of the n-th escalation, as the workflow gives it to the core. */
export function tells(
  life: Life,
  time: string,
  n: number,
  told: Told,
  id = `escalation:DA-2026-000001:${n}:report:${++reports}`,
): Life {
  const report = { ...told, id, n, at: local(time), who: 'publisher:p1' } as EscalationReport;
  return life.on(time, 'escalationReported', { report, commandId: id, who: 'publisher:p1', channel: 'system' });
}

export const taken = (rules = RULES) =>
  openLife('blocking', '2026-11-16 10:00', rules).on('2026-11-16 11:00', 'acknowledge', {});
export const to = (n: number, publisher = 'p', publisherContract = 'TEST-C') => ({ n, publisher, publisherContract });
export const escalated = (rules = RULES) => taken(rules).on('2026-11-16 12:00', 'escalate', to(1));
export const both = () => escalated().on('2026-11-16 12:30', 'escalate', to(2, 'q', 'TEST-C2'));
export const fix = (life: Life, time: string, n = 1) =>
  tells(life, time, n, { what: 'delivered', kind: 'fix', text: `t-fix-${n}` });
export const workaround = (life: Life, time: string, n = 1) =>
  tells(life, time, n, { what: 'delivered', kind: 'workaround', text: `t-workaround-${n}` });
/** What each escalation heard, as `1 accepted fix`. */
export const heard = (life: Life) =>
  life.messages.map((message) => {
    if (message.kind === 'startEscalation') return `${message.n} start`;
    const { verdict } = message;
    return [
      message.n,
      verdict.what,
      ...('kind' in verdict ? [verdict.kind] : []),
      ...('ends' in verdict && verdict.ends ? ['ends'] : []),
    ].join(' ');
  });
export const known = (life: Life) => life.view.escalations?.map(({ n, status }) => `${n} ${status}`);
