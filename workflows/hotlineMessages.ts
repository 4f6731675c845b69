/** Names, payloads and ids of what crosses Temporal about calls of the hotline. Safe to import anywhere. */
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Who } from '../domain/events.ts';

/** `hotline:<request number>:<n>`: also the workflow's id. */
export type HotlineCallId = `hotline:${string}:${number}`;

/** Request number and n of a call's id; undefined when it is none. */
export function parseHotlineCallId(id: string): { readonly request: string; readonly n: number } | undefined {
  const [, request, n] = /^hotline:([^:]+):([1-9]\d{0,5})$/.exec(id) ?? [];
  return request === undefined || n === undefined ? undefined : { request, n: Number(n) };
}

/** What `hotlineCall` runs on: the call's row is there already. */
export interface HotlineCallInput {
  readonly id: HotlineCallId;
  readonly contract: string;
  readonly request: string;
  readonly agent: Who;
  /** Epoch milliseconds. */
  readonly beganAt: number;
  /** Seconds of the call after which the caller is to be told that free minutes run out. */
  readonly alertAfter: number;
  /** Of a call that is over already: its run was lost, or goes on as a new one. Epoch milliseconds. */
  readonly endedAt?: number;
  /** Its agent was told that it cannot be debited. */
  readonly isOwed?: true;
}

/** What a call came to. */
export interface CallOutcome {
  readonly id: HotlineCallId;
  readonly seconds: number;
  readonly freeSeconds: number;
  readonly unit: string;
  readonly units: number;
}

/** The call is over, now or at an earlier instant (epoch milliseconds) after it began. Answers with what it costs. */
export const endCall = defineUpdate<CallOutcome, [{ readonly at?: number }]>('endCall');
/** An order was signed: what could not be debited is debited. */
export const hotlineCreditAdded = defineSignal('hotlineCreditAdded');

/** Activities of calls, by name. All may run twice: each is idempotent by the call's id. */
export interface HotlineActivities {
  /** Tells the agent to tell the caller; `freeSeconds` are left, none when every minute is billed. */
  alertAgent(input: {
    readonly id: HotlineCallId;
    readonly agent: Who;
    readonly because: 'freeMinutesEnd' | 'creditLacking';
  }): Promise<void>;
  /** Writes down how long it was, and what it costs. */
  endHotlineCall(input: {
    readonly id: HotlineCallId;
    readonly seconds: number;
    readonly endedAt: number;
  }): Promise<CallOutcome>;
  /** Debits it, once. */
  debitHotlineCall(input: { readonly id: HotlineCallId }): Promise<{ readonly result: 'done' | 'insufficient' }>;
}
