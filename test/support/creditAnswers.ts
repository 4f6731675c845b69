import type { InterventionEffect } from '../../domain/intervention/effects.ts';
import type { InterventionState } from '../../domain/intervention/state.ts';
import type { InterventionActivities } from '../../workflows/interventionMessages.ts';

type CreditEffect = Extract<InterventionEffect, { kind: 'reserve' | 'settle' | 'takeAllowance' | 'returnAllowance' }>;
type CreditActivities = Pick<
  InterventionActivities,
  'reserveUnits' | 'settleUnits' | 'takeAllowance' | 'returnAllowance'
>;

/** Carries out what is asked of the ledger, or of a module's time; what the core is told then. */
export async function askCredit(
  activities: CreditActivities,
  { id, contract, request }: InterventionState,
  effect: CreditEffect,
) {
  const asked = { contract, request, intervention: id, who: effect.by };
  switch (effect.kind) {
    case 'reserve': {
      const answer = await activities.reserveUnits({ ...effect, ...asked });
      if (answer.result === 'insufficient') return { type: 'unitsLacking', missing: answer.missing } as const;
      const { validUntil } = answer;
      return { type: 'unitsReserved', ...(validUntil === undefined ? {} : { validUntil }) } as const;
    }
    case 'settle':
      await activities.settleUnits({ ...effect, ...asked });
      return { type: 'unitsSettled' } as const;
    case 'takeAllowance':
      return { type: 'allowanceTaken', ...(await activities.takeAllowance({ ...effect, ...asked })) } as const;
    case 'returnAllowance':
      await activities.returnAllowance({ ...effect, ...asked });
      return { type: 'allowanceReturned' } as const;
  }
}
