/** Who may do what. What a role may not do is 403; what it may not see is 404. */
import type { TokenHolder } from '../db/accessTokens.ts';
import type { CommandName, Who } from '../domain/events.ts';
import type { Audience } from '../domain/timeline.ts';

/** Every role. */
export const ROLES = ['agent', 'supervisor', 'billing', 'customer'] as const;
/** What a caller is; it decides what they may do and see. */
export type Role = (typeof ROLES)[number];
/** Roles of the provider's people who work on requests. */
export const STAFF: readonly Role[] = ['agent', 'supervisor'];
/** Roles of a route that is for requests: billing has no part in them. */
export const EVERYBODY: readonly Role[] = ['agent', 'supervisor', 'customer'];
/** Roles of a route that shows contracts and their credit. */
export const CONTRACT_READERS: readonly Role[] = ROLES;
/** Roles that enter orders and settle accounts. */
export const ACCOUNTS: readonly Role[] = ['supervisor', 'billing'];

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
  }
}

/** Roles that may give this command. */
export function rolesFor(name: CommandName): Role[] {
  return ROLES.filter((role) => mayCommand(role, name));
}

/** The caller as events name them: `staff:<id>` or `contact:<id>`. */
export function whoOf(caller: TokenHolder): Who {
  return caller.role === 'customer' ? `contact:${caller.id}` : `staff:${caller.id}`;
}

/** Whether what belongs to this contract is the caller's to see. */
export function sees(caller: TokenHolder, contract: string): boolean {
  return caller.role !== 'customer' || caller.contract === contract;
}

/** The audience whose matter the caller sees. */
export function audienceOf(caller: TokenHolder): Audience {
  return caller.role === 'customer' ? 'customer' : 'staff';
}
