/** Who may call which route: said here once more, so that a right given by mistake shows. */
import type { Route } from '../../api/route.ts';
import type { CallerName } from './apiWorld.ts';

export const nameOf = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;

const CUSTOMERS: readonly string[] = [
  'POST /v1/requests',
  'GET /v1/requests',
  'GET /v1/requests/{number}',
  'GET /v1/requests/{number}/timeline',
  'GET /v1/requests/{number}/mails',
  'GET /v1/requests/{number}/clocks/{clock}/explanation',
  'POST /v1/requests/{number}/answer',
  'POST /v1/requests/{number}/confirm',
  'POST /v1/requests/{number}/putInProduction',
  'POST /v1/requests/{number}/reject',
  'POST /v1/requests/{number}/close',
  'POST /v1/requests/{number}/reopen',
  'GET /v1/contracts',
  'GET /v1/contracts/{reference}',
  'GET /v1/contracts/{reference}/packs',
  'GET /v1/contracts/{reference}/orders',
  'GET /v1/contracts/{reference}/balance',
  'GET /v1/contracts/{reference}/statement',
  'GET /v1/contracts/{reference}/reservations',
  'GET /v1/contracts/{reference}/catalogue',
  'GET /v1/contracts/{reference}/terms/{version}',
  'GET /v1/terms/schema',
  'GET /v1/interventions',
  'GET /v1/interventions/{number}/{n}',
  'GET /v1/interventions/{number}/{n}/timeline',
  'POST /v1/interventions/{number}/{n}/decline',
  'POST /v1/interventions/{number}/{n}/declineMore',
  'POST /v1/interventions/{number}/{n}/cancel',
  'POST /v1/interventions/{number}/{n}/changeDate',
  'GET /v1/portal',
  'GET /v1/me',
];
const BILLING: readonly string[] = [
  'GET /v1/contracts',
  'GET /v1/contracts/{reference}',
  'GET /v1/contracts/{reference}/packs',
  'GET /v1/contracts/{reference}/orders',
  'GET /v1/contracts/{reference}/balance',
  'GET /v1/contracts/{reference}/statement',
  'GET /v1/contracts/{reference}/reservations',
  'GET /v1/contracts/{reference}/catalogue',
  'POST /v1/contracts/{reference}/orders',
  'POST /v1/contracts/{reference}/debits',
  'GET /v1/interventions',
  'GET /v1/interventions/{number}/{n}',
  'GET /v1/interventions/{number}/{n}/timeline',
  'POST /v1/interventions/{number}/{n}/confirmOrder',
  'GET /v1/billingProposals',
  'GET /v1/me',
];
/** What spends is for customers alone. */
const CUSTOMERS_ONLY: readonly string[] = [
  'POST /v1/interventions/{number}/{n}/approve',
  'POST /v1/interventions/{number}/{n}/agreeMore',
];
/** Of publishers, on what was sent to theirs. */
const PUBLISHERS: readonly string[] = [
  'GET /v1/me',
  'GET /v1/escalations',
  'GET /v1/escalations/{number}/{n}',
  'GET /v1/escalations/{number}/{n}/timeline',
  'GET /v1/escalations/{number}/{n}/attachments/{id}',
  'POST /v1/escalations/{number}/{n}/note',
];
const PUBLISHERS_ONLY: readonly string[] = [
  'POST /v1/escalations/{number}/{n}/acknowledge',
  'POST /v1/escalations/{number}/{n}/startWork',
  'POST /v1/escalations/{number}/{n}/ask',
  'POST /v1/escalations/{number}/{n}/deliverWorkaround',
  'POST /v1/escalations/{number}/{n}/deliverFix',
  'POST /v1/escalations/{number}/{n}/refuse',
  'POST /v1/escalations/{number}/{n}/confirmPriority',
  'POST /v1/escalations/{number}/{n}/contestPriority',
];
const NOT_FOR_AGENTS: readonly string[] = [
  'POST /v1/contracts/{reference}/orders',
  'POST /v1/contracts/{reference}/debits',
  'POST /v1/contracts/{reference}/corrections',
  'POST /v1/publishers',
  'POST /v1/publishers/{id}/people',
  'POST /v1/publishers/{id}/people/{person}/retire',
  'POST /v1/contracts',
  'POST /v1/contracts/{reference}/terms',
  'POST /v1/contracts/{reference}/end',
  'POST /v1/contracts/{reference}/contacts',
  'POST /v1/contracts/{reference}/contacts/{contact}/retire',
  'POST /v1/contracts/{reference}/contacts/{contact}/makeReferent',
  'POST /v1/contracts/{reference}/contacts/{contact}/makeMain',
  'POST /v1/requests/{number}/amendTerms',
  'POST /v1/billingProposals/{proposal}/confirm',
  'POST /v1/billingProposals/{proposal}/reject',
  'POST /v1/calendars/{id}/closures',
  'POST /v1/calendars/{id}/closures/{closure}/takeBack',
];

/** Of things that the contract of the test does not have. */
export const NOT_SOLD = ['POST /v1/requests/{number}/hotlineCalls', 'POST /v1/requests/{number}/billingProposals'];

export const isMayCall = (route: Route, caller: CallerName): boolean => {
  const name = nameOf(route);
  if (caller === 'publisher' || caller === 'otherPublisher') {
    return PUBLISHERS.includes(name) || PUBLISHERS_ONLY.includes(name);
  }
  if (PUBLISHERS_ONLY.includes(name)) return false;
  if (CUSTOMERS_ONLY.includes(name)) return !['supervisor', 'agent', 'billing'].includes(caller);
  if (caller === 'supervisor') return true;
  if (caller === 'billing') return BILLING.includes(name);
  if (caller === 'agent') return !NOT_FOR_AGENTS.includes(name);
  return CUSTOMERS.includes(name);
};
