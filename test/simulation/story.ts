/** A simulated life, told line by line. */
import type { Effect } from '../../domain/effects.ts';
import type { RequestEvent } from '../../domain/events.ts';
import type { RequestState } from '../../domain/state.ts';
import { tellMail } from '../support/tellMail.ts';

/** An instant as stories have it. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** What an event did. */
export function told(
  now: number,
  event: RequestEvent,
  before: RequestState,
  after: RequestState,
  effects: readonly Effect[],
): string[] {
  if (event.type === 'saved' && after.status === before.status) return [];
  const lag = event.at < now ? ` (happened ${iso(event.at)})` : '';
  const key = 'key' in event ? ` ${event.key}` : '';
  const what = event.type === 'requalify' ? ` ${event.priority}` : '';
  const lines = [`${iso(now)} ${event.type}${what}${key}${lag}: ${before.status} → ${after.status}`];
  for (const effect of effects) {
    if (effect.kind === 'mail') lines.push(`    mail ${tellMail(effect.order)}: ${effect.key}`);
    if (effect.kind === 'extendWindow') lines.push(`    wider windows: ${effect.key}`);
    if (effect.kind === 'save') {
      for (const entry of effect.entries) {
        lines.push(`    ${iso(entry.at)} ${entry.type} ${JSON.stringify(entry.facts ?? {})}`);
      }
    }
  }
  return lines;
}
