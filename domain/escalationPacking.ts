/** The short form of what a request's state has of escalations, within that of its saves: see packing.ts. */
import type { EffectKey, EscalationMessage, ProposalKind } from './effects.ts';
import type { EscalationVerdict } from './escalation/messages.ts';
import type { EscalationStatus } from './escalation/state.ts';
import type { TextId, Who } from './events.ts';
import type { RequestEscalation } from './state.ts';

/** Milliseconds since registration. */
type Since = number;

/** One escalation; what there may be of it follows what there always is. */
export type PackedEscalation = readonly [
  n: number,
  publisher: string,
  contract: string,
  at: Since,
  EscalationStatus,
  {
    readonly sr?: string;
    readonly delivered?: readonly [ProposalKind, Since, TextId];
    readonly endedAt?: Since;
  }?,
];

/** A verdict without its id, which is its effect's key. */
export type PackedVerdict = { readonly at: Since; readonly by: Who } & (
  | { readonly what: 'accepted'; readonly kind: ProposalKind; readonly ends: boolean }
  | { readonly what: 'rejected'; readonly kind: ProposalKind; readonly text?: TextId }
  | { readonly what: 'withdrawn'; readonly text?: TextId }
);

/** The escalations of a state. */
export function packEscalations(
  escalations: readonly RequestEscalation[],
  registeredAt: number,
): readonly PackedEscalation[] {
  return escalations.map(({ n, publisher, contract, at, status, sr, delivered, endedAt }): PackedEscalation => {
    const facts = [n, publisher, contract, at - registeredAt, status] as const;
    const more = {
      ...(sr === undefined ? {} : { sr }),
      ...(delivered ? { delivered: [delivered.kind, delivered.at - registeredAt, delivered.text] as const } : {}),
      ...(endedAt === undefined ? {} : { endedAt: endedAt - registeredAt }),
    };
    return Object.keys(more).length === 0 ? facts : [...facts, more];
  });
}

/** What {@link packEscalations} was given. */
export function unpackEscalations(
  packed: readonly PackedEscalation[],
  registeredAt: number,
): readonly RequestEscalation[] {
  return packed.map(([n, publisher, contract, at, status, more = {}]) => {
    const { sr, delivered, endedAt } = more;
    return {
      n,
      publisher,
      contract,
      at: registeredAt + at,
      status,
      ...(sr === undefined ? {} : { sr }),
      ...(delivered ? { delivered: { kind: delivered[0], at: registeredAt + delivered[1], text: delivered[2] } } : {}),
      ...(endedAt === undefined ? {} : { endedAt: registeredAt + endedAt }),
    };
  });
}

/** A verdict that is under way. */
export function packVerdict({ id: _, at, who, ...rest }: EscalationVerdict, registeredAt: number): PackedVerdict {
  return { ...rest, at: at - registeredAt, by: who };
}

/** What {@link packVerdict} was given, as the effect that it is. */
export function unpackVerdict(
  key: EffectKey,
  { at, by, ...rest }: PackedVerdict,
  registeredAt: number,
): EscalationMessage {
  const verdict: EscalationVerdict = { ...rest, id: key, at: registeredAt + at, who: by };
  return { kind: 'tellEscalation', key, n: numberIn(key, 'tellEscalation') ?? 0, verdict };
}

/** The effect that has an escalation begin; undefined for another key. */
export function unpackStart(key: EffectKey): EscalationMessage | undefined {
  const n = numberIn(key, 'startEscalation');
  return n === undefined ? undefined : { kind: 'startEscalation', key, n };
}

/** Which escalation a key names: `request:<number>:<effect>.<n>…:<seq>`. */
function numberIn(key: EffectKey, effect: EscalationMessage['kind']): number | undefined {
  const found = new RegExp(`^request:[^:]+:${effect}\\.(\\d+)[.:]`).exec(key)?.[1];
  return found === undefined ? undefined : Number(found);
}
