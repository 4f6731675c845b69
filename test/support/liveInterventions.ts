/** Interventions whose effects are carried out at once on Postgres, each twice; the day is 23 November 2026. */
import type { Pool } from 'pg';
import { createInterventionActivities } from '../../activities/interventions.ts';
import { interventionTerms, interventionWindows } from '../../contracts/interventionTerms.ts';
import { readContract } from '../../db/contracts.ts';
import { type NewIntervention, readInterventionRow, registerIntervention } from '../../db/interventions.ts';
import type { InterventionEffect } from '../../domain/intervention/effects.ts';
import { INTERVENTION_CUSTOMER_COMMANDS, type InterventionEvent } from '../../domain/intervention/events.ts';
import { advanceIntervention, openIntervention } from '../../domain/intervention/intervention.ts';
import type { InterventionState } from '../../domain/intervention/state.ts';
import { interventionView } from '../../domain/intervention/view.ts';
import { rulesOf } from '../../domain/rules.ts';
import { local } from './businessTime.ts';
import { askCredit } from './creditAnswers.ts';
import { LEDGER_TERMS } from './ledgerWorld.ts';
import { storePrepaidContract } from './prepaidContract.ts';

/** The instant at which all of it begins, epoch milliseconds. */
export const NOW = local('2026-11-23 09:00');

/** A contract of the family, with a request on it. */
export const contractFor = (pool: Pool, family: 'A' | 'E') => storePrepaidContract(pool, LEDGER_TERMS[family]);

/** An intervention whose effects are carried out at once, each twice. */
export async function liveIntervention(
  pool: Pool,
  { reference, request, module }: { readonly reference: string; readonly request: string; readonly module?: string },
) {
  const contract = await readContract(pool, reference);
  if (!contract) throw new Error('no contract');
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM texts WHERE number = $1', [request]);
  const text = rows[0]?.id ?? '';
  const registered: NewIntervention = {
    ...{ request, termsVersion: 1, contact: `c-${reference}`, text, who: 'staff:s-agent', channel: 'api' },
    ...(module === undefined ? {} : { module }),
  };
  const id = await registerIntervention(pool, registered);
  const row = id && (await readInterventionRow(pool, id));
  if (!row) throw new Error('not registered');
  const terms = interventionTerms(reference, 1, contract.terms);
  const rules = rulesOf({ terms, windows: interventionWindows(contract.terms, { from: NOW, now: NOW }) });
  const activities = createInterventionActivities({ pool, now: () => NOW });
  let state: InterventionState;
  const done: InterventionEffect[] = [];

  async function follow(result: { state: InterventionState; effects: readonly InterventionEffect[] }): Promise<void> {
    state = result.state;
    for (const effect of result.effects) await carryOut(effect);
  }

  async function carryOut(effect: InterventionEffect): Promise<void> {
    done.push(effect);
    const tell = (event: object) =>
      follow(
        advanceIntervention(
          state,
          { who: 'system', channel: 'system', key: effect.key, at: state.lastAt, ...event } as InterventionEvent,
          rules,
        ),
      );
    switch (effect.kind) {
      case 'save': {
        const save = { ...effect, state: { ...state, pending: [] }, view: interventionView(state, rules) };
        for (const _ of [1, 2]) await activities.saveIntervention(save);
        return await tell({ type: 'saved' });
      }
      case 'mail':
        return await tell({ type: 'mailAccepted' });
      case 'extendWindow':
        return;
      default:
        await askCredit(activities, state, effect);
        return await tell(await askCredit(activities, state, effect));
    }
  }

  await follow(openIntervention(row, { ...row.opening, type: 'open', at: NOW }, rules));
  return {
    id: row.id,
    done,
    get state() {
      return state;
    },
    async on(time: string, type: InterventionEvent['type'], fields: object = {}) {
      const isCustomers = (INTERVENTION_CUSTOMER_COMMANDS as readonly string[]).includes(type);
      const who = isCustomers ? `contact:c-${reference}` : 'staff:s-agent';
      const event = { who, channel: 'api', at: local(time), ...withText(fields, text), type } as InterventionEvent;
      await follow(advanceIntervention(state, event, rules));
    },
  };
}

const withText = (fields: object, text: string) => ('text' in fields ? { ...fields, text } : fields);

/** One of them. */
export type Living = Awaited<ReturnType<typeof liveIntervention>>;

/** Studied, estimated at so many units and approved. */
export async function approve(one: Living, unit: string, units: number): Promise<void> {
  await one.on('2026-11-23 09:00', 'study', { feasible: true, text: '' });
  await one.on('2026-11-23 09:10', 'sendEstimate', { estimate: 'e1', unit, units });
  await one.on('2026-11-23 09:20', 'approve', { estimate: 'e1' });
}

/** Local times as a date to be agreed. */
export const plan = (from: string, to: string) => ({ from: local(from), to: local(to) });
