/** Who may do what. What a role may not do is 403; what it may not see is 404. */
import type { TokenHolder } from '../db/accessTokens.ts';
import { DISTRIBUTOR_COMMANDS, type EscalationCommandName, PUBLISHER_COMMANDS } from '../domain/escalation/events.ts';
import type { EscalationAudience } from '../domain/escalation/timeline.ts';
import type { CommandName, Who } from '../domain/events.ts';
import { INTERVENTION_CUSTOMER_COMMANDS, type InterventionCommandName } from '../domain/intervention/events.ts';
import type { Audience } from '../domain/timeline.ts';

/** Every role. */
export const ROLES = ['agent', 'supervisor', 'billing', 'customer', 'publisher'] as const;
/** What a caller is; it decides what they may do and see. */
export type Role = (typeof ROLES)[number];
/** Roles of the provider's people who work on requests. */
export const STAFF: readonly Role[] = ['agent', 'supervisor'];
/** Roles of those who have to do with requests: a publisher has only with what was escalated to it, billing has no part in them. */
export const EVERYBODY_ON_REQUESTS: readonly Role[] = ['agent', 'supervisor', 'customer'];
/** Roles of the two sides of an escalation. */
export const BOTH_SIDES: readonly Role[] = ['agent', 'supervisor', 'publisher'];
/** Roles of a route that all may call. */
export const EVERYBODY: readonly Role[] = ROLES;
/** Roles of a route that shows contracts and their credit. */
export const CONTRACT_READERS: readonly Role[] = ['agent', 'supervisor', 'billing', 'customer'];
/** Roles that enter orders and settle accounts. */
export const ACCOUNTS: readonly Role[] = ['supervisor', 'billing'];

/** Whether the role is one of the provider's people. */
export function isStaff(role: Role): role is 'agent' | 'supervisor' {
  return STAFF.includes(role);
}

/** Commands of a customer's contact; closing only to withdraw. */
const CUSTOMER_COMMANDS: readonly CommandName[] = ['answer', 'confirm', 'putInProduction', 'reject', 'close', 'reopen'];

/** Whether the role may give this command at all; the status decides the rest. */
export function mayCommand(role: Role, name: CommandName): boolean {
  switch (role) {
    case 'supervisor':
      return true;
    case 'agent':
      return name !== 'amendTerms';
    case 'billing':
      return false;
    case 'customer':
      return CUSTOMER_COMMANDS.includes(name);
    case 'publisher':
      return false;
  }
}

/** Roles that may give this command. */
export function rolesFor(name: CommandName): Role[] {
  return ROLES.filter((role) => mayCommand(role, name));
}

/** Whether the role may give this command on an escalation at all; the status decides the rest. */
export function mayCommandEscalation(role: Role, name: EscalationCommandName): boolean {
  switch (role) {
    case 'agent':
    case 'supervisor':
      return DISTRIBUTOR_COMMANDS.some((one) => one === name);
    case 'publisher':
      return PUBLISHER_COMMANDS.some((one) => one === name);
    case 'billing':
    case 'customer':
      return false;
  }
}

/** What the customer decides that staff may write down from a phone call: nothing that spends. */
export const BY_PHONE: readonly InterventionCommandName[] = ['decline', 'declineMore', 'cancel', 'changeDate'];

/** Whether the role may give this command on an intervention at all; the status decides the rest. */
export function mayCommandIntervention(role: Role, name: InterventionCommandName): boolean {
  const isCustomers = INTERVENTION_CUSTOMER_COMMANDS.some((one) => one === name);
  switch (role) {
    case 'agent':
    case 'supervisor':
      return !isCustomers || BY_PHONE.includes(name);
    case 'customer':
      return isCustomers;
    case 'billing':
      return name === 'confirmOrder';
    case 'publisher':
      return false;
  }
}

/** The caller as events name them: `staff:<id>`, `contact:<id>` or `publisher:<id>`. */
export function whoOf(caller: TokenHolder): Who {
  switch (caller.role) {
    case 'agent':
    case 'supervisor':
    case 'billing':
      return `staff:${caller.id}`;
    case 'customer':
      return `contact:${caller.id}`;
    case 'publisher':
      return `publisher:${caller.id}`;
  }
}

/** Whether what belongs to this contract is the caller's to see. */
export function sees(caller: TokenHolder, contract: string): boolean {
  return caller.role === 'customer' ? caller.contract === contract : caller.role !== 'publisher';
}

/** The audience whose matter of a request the caller sees. */
export function audienceOf(caller: TokenHolder): Audience {
  return isStaff(caller.role) ? 'staff' : 'customer';
}

/** The audience whose matter of an escalation the caller sees. */
export function escalationAudienceOf(caller: TokenHolder): EscalationAudience {
  return isStaff(caller.role) ? 'staff' : 'publisher';
}
