/** How people quote an escalation that has no service request number yet: `DA-2026-004217/1`, its request and which one it is. */
import type { EscalationId } from './state.ts';

/** What is said to people of an escalation: its SR, or until there is one its request's number and its own. */
export function referenceOf(id: EscalationId, sr: string | null | undefined): string {
  return sr ?? id.slice('escalation:'.length).replace(':', '/');
}

/** The escalations that a text quotes, in whatever case, in their order. */
export function quotedReferences(text: string): EscalationId[] {
  const quoted = text.toUpperCase().matchAll(/(?<![\w-])(DA-\d{4}-\d{6,9})\/([1-9]\d{0,5})(?![\w/-])/g);
  return [...quoted].map(([, request = '', n = '']): EscalationId => `escalation:${request}:${Number(n)}`);
}
