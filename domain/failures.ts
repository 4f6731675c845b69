/** The refusals of the core, and the failure types that cross Temporal's boundary. */

/** `type` of every failure that may leave a workflow handler or an activity; the API maps each to a status. */
export const FAILURE_TYPES = [
  'ValidationFailed',
  'InvalidTransition',
  'NotCovered',
  'NotFound',
  'Conflict',
  'InsufficientCredit',
  'EffectConflict',
] as const;
/** Why something was refused. */
export type FailureType = (typeof FAILURE_TYPES)[number];

/** Names fields, statuses and commands only: it is written into histories. */
export interface RefusalDetails {
  readonly tried?: string;
  readonly status?: string;
  readonly possible?: readonly string[];
  readonly fields?: readonly { readonly path: string; readonly message: string }[];
  readonly exclusion?: string;
  /** NotCovered: the contract's last day, a local date in its zone (YYYY-MM-DD), where it has ended. */
  readonly endsOn?: string;
  /** InsufficientCredit: units that are not there. */
  readonly missing?: readonly { readonly unit: string; readonly units: number }[];
}

/** Thrown by the core when an event is refused; nothing has changed. Never carries personal data. */
export class Refusal extends Error {
  readonly type: FailureType;
  readonly details: RefusalDetails;

  constructor(type: FailureType, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = 'Refusal';
    this.type = type;
    this.details = details;
  }
}

/** A refusal that names the one field that is wrong, in the same words. */
export function wrongField(path: string, message: string): Refusal {
  return new Refusal('ValidationFailed', message, { fields: [{ path, message }] });
}
