/** Activities of interventions that touch Postgres: what a transition leaves behind, opening hours, units, time of modules. */
import { ApplicationFailure } from '@temporalio/common';
import type { Pool } from 'pg';
import { interventionTerms, interventionWindows } from '../contracts/interventionTerms.ts';
import type { ContractTerms } from '../contracts/terms.ts';
import { readAnnounced } from '../db/calendars.ts';
import { readTerms } from '../db/contracts.ts';
import { readReservedUntil } from '../db/ledger/lots.ts';
import type { Operation } from '../db/ledger/operations.ts';
import { reserve, settle } from '../db/ledger/spending.ts';
import { type CreditContract, readCreditContract } from '../db/ledger/under.ts';
import { type AllowanceMovement, returnModuleTime, takeModuleTime } from '../db/moduleAllowances.ts';
import { saveInterventionState } from '../db/saveIntervention.ts';
import { KeyConflict } from '../db/transitions.ts';
import { Refusal } from '../domain/failures.ts';
import { plus } from '../domain/intervention/amounts.ts';
import type { InterventionTerms, UnitAmounts } from '../domain/intervention/terms.ts';
import { isCreditLacking } from '../domain/ledger/contractEnd.ts';
import type { Amount } from '../domain/ledger/terms.ts';
import type {
  AllowanceMove,
  InterventionActivities,
  Reserved,
  ReserveUnits,
  SettleUnits,
} from '../workflows/interventionMessages.ts';

/** What activities of interventions need. */
export interface InterventionActivityDependencies {
  readonly pool: Pool;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** Everything but what can never succeed is thrown as it is, and tried again by Temporal. */
export function createInterventionActivities({
  pool,
  now = Date.now,
}: InterventionActivityDependencies): Omit<InterventionActivities, 'sendInterventionMail'> {
  return {
    saveIntervention: (save) => onceOrNever(() => saveInterventionState(pool, save)),

    async extendInterventionWindows({ contract, termsVersion, from }) {
      const terms = await requireTerms(pool, contract, termsVersion);
      const announced = await readAnnounced(pool, contract, termsVersion);
      return interventionWindows(terms, { from, now: now(), announced });
    },

    reserveUnits: (operation) => onceOrNever(() => reserveUnits(pool, operation, now())),
    settleUnits: (operation) => onceOrNever(() => settleUnits(pool, operation, now())),

    async takeAllowance(move) {
      const whole = await secondsOf(pool, move, now());
      return { seconds: await onceOrNever(() => takeModuleTime(pool, movementOf(move), whole)) };
    },
    returnAllowance: (move) => onceOrNever(() => returnModuleTime(pool, movementOf(move))),
  };
}

/** What trying again does not help becomes an effect conflict, for a person to look at. */
async function onceOrNever<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof KeyConflict) && !(error instanceof Refusal)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, 'EffectConflict');
  }
}

/** All or none; the key names the reservation. */
async function reserveUnits(pool: Pool, asked: ReserveUnits, now: number): Promise<Reserved> {
  const under = await requireContract(pool, asked.contract, now);
  const operation = { ...operationOf(asked, 'approved'), on: asked.validOn };
  try {
    await reserve(pool, operation, amountsOf(asked.amounts), under, asked.instead);
  } catch (error) {
    if (!isCreditLacking(error)) throw error;
    const missing = (error.details.missing ?? []).map(({ unit, units }) => ({ [unit]: units }));
    return { result: 'insufficient', missing: missing.length > 0 ? plus(...missing) : asked.amounts };
  }
  const validUntil = await readReservedUntil(pool, asked.key);
  return { result: 'done', ...(validUntil === null ? {} : { validUntil }) };
}

/** What is neither posted nor forfeited returns. */
async function settleUnits(pool: Pool, asked: SettleUnits, now: number): Promise<void> {
  const under = await requireContract(pool, asked.contract, now);
  const { reservation, post, forfeit, on } = asked;
  const order = { reservation, post: amountsOf(post), forfeit: amountsOf(forfeit) };
  await settle(pool, { ...operationOf(asked, whyOf(asked)), on }, order, under);
}

function operationOf({ key, contract, request, intervention, who }: ReserveUnits | SettleUnits, why: string) {
  return { key, contract, request, intervention, who, why } satisfies Omit<Operation, 'on'>;
}

function whyOf({ post, forfeit }: SettleUnits): string {
  if (Object.keys(forfeit).length > 0) return 'cancelled inside the limit';
  return Object.keys(post).length > 0 ? 'work done' : 'given back';
}

function amountsOf(amounts: UnitAmounts): Amount[] {
  return Object.entries(amounts).map(([unit, units]) => ({ unit, units }));
}

async function requireContract(pool: Pool, reference: string, now: number): Promise<CreditContract> {
  const contract = await readCreditContract(pool, reference, now);
  if (!contract) throw new Error(`no contract ${reference}`);
  return contract;
}

async function requireTerms(pool: Pool, contract: string, version: number): Promise<ContractTerms> {
  const terms = await readTerms(pool, contract, version);
  if (!terms) throw new Error(`contract ${contract} has no terms of version ${version}`);
  return terms;
}

/** Seconds of a whole period, by the terms in force. */
async function secondsOf(pool: Pool, { contract, module, seconds }: AllowanceMove, now: number): Promise<number> {
  const { terms, termsVersion } = await requireContract(pool, contract, now);
  const { allowances }: InterventionTerms = interventionTerms(contract, termsVersion, terms);
  return allowances[module]?.seconds ?? seconds;
}

function movementOf({ key, contract, module, period, seconds, request, intervention, who }: AllowanceMove) {
  return { key, contract, module, period, seconds, request, intervention, who } satisfies AllowanceMovement;
}
