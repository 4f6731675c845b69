/** What a planned visit leaves its customer with besides the report: an action plan, an index of quality (E CP 4, CP 5). */
import { Refusal, type RefusalDetails } from '../failures.ts';
import type { Deliverable } from '../visits.ts';
import type { InterventionEventOf } from './events.ts';
import type { InterventionRules } from './rules.ts';
import type { Delivered, InterventionState } from './state.ts';
import { secondsWorked } from './usage.ts';

type Completion = Pick<InterventionEventOf<'complete'>, 'text' | 'actionPlan' | 'qualityIndex'>;
type FieldErrors = NonNullable<RefusalDetails['fields']>;

const HIGHEST_INDEX = 100;
const OWED = {
  actionPlan: 'The visit of this module delivers an action plan: give it.',
  qualityIndex: 'The visit of this module delivers an index of quality: give it.',
} as const;
const NOT_OWED = 'This is not delivered here: leave it out.';

/** What is delivered with the end of the work. @throws Refusal `ValidationFailed` with all that is missing or too much */
export function deliveredBy(
  { module }: InterventionState,
  { terms }: InterventionRules,
  { text, actionPlan, qualityIndex }: Completion,
): Delivered {
  const given = { actionPlan: actionPlan !== undefined, qualityIndex: qualityIndex !== undefined };
  const owed = module === undefined ? [] : terms.allowances[module]?.deliverables;
  const fields = owed ? (['actionPlan', 'qualityIndex'] as const).flatMap((name) => errorOf(name, given, owed)) : [];
  if (qualityIndex !== undefined && !isIndex(qualityIndex)) {
    fields.push({ path: 'qualityIndex', message: `Give a whole number from 0 to ${HIGHEST_INDEX}.` });
  }
  if (fields.length > 0) {
    const message = fields.map((error) => `${error.path}: ${error.message}`).join(' ');
    throw new Refusal('ValidationFailed', message, { fields });
  }
  return {
    report: text,
    ...(actionPlan === undefined ? {} : { actionPlan }),
    ...(qualityIndex === undefined ? {} : { qualityIndex }),
  };
}

function errorOf(
  name: keyof typeof OWED,
  given: { readonly [name in keyof typeof OWED]: boolean },
  owed: readonly Deliverable[],
): FieldErrors[number][] {
  if (given[name] === owed.includes(name)) return [];
  return [{ path: name, message: given[name] ? NOT_OWED : OWED[name] }];
}

function isIndex(index: number): boolean {
  return Number.isSafeInteger(index) && index >= 0 && index <= HIGHEST_INDEX;
}

/** Seconds of the work that the module's time has paid; undefined where it is no planned visit. */
export function secondsIncluded(state: InterventionState): number | undefined {
  return state.allowance && Math.min(state.allowance.seconds, secondsWorked(state));
}
