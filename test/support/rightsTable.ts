/** Which routes are whose: said here once more, so that a right given by mistake shows. */

/** Of customers' contacts. */
export const CUSTOMERS: readonly string[] = [
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
  'GET /v1/portal',
  'GET /v1/me',
];
/** Of those who keep accounts. */
export const BILLING: readonly string[] = [
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
  'GET /v1/me',
];
/** Of publishers, on what was sent to theirs. */
export const PUBLISHERS: readonly string[] = [
  'GET /v1/me',
  'GET /v1/escalations',
  'GET /v1/escalations/{number}/{n}',
  'GET /v1/escalations/{number}/{n}/timeline',
  'GET /v1/escalations/{number}/{n}/attachments/{id}',
  'POST /v1/escalations/{number}/{n}/note',
];
/** Of publishers alone. */
export const PUBLISHERS_ONLY: readonly string[] = [
  'POST /v1/escalations/{number}/{n}/acknowledge',
  'POST /v1/escalations/{number}/{n}/startWork',
  'POST /v1/escalations/{number}/{n}/ask',
  'POST /v1/escalations/{number}/{n}/deliverWorkaround',
  'POST /v1/escalations/{number}/{n}/deliverFix',
  'POST /v1/escalations/{number}/{n}/refuse',
  'POST /v1/escalations/{number}/{n}/confirmPriority',
  'POST /v1/escalations/{number}/{n}/contestPriority',
];
/** Of supervisors, or of those who keep accounts, and not of agents. */
export const NOT_FOR_AGENTS: readonly string[] = [
  'POST /v1/contracts/{reference}/orders',
  'POST /v1/contracts/{reference}/debits',
  'POST /v1/contracts/{reference}/corrections',
  'POST /v1/publishers',
  'POST /v1/publishers/{id}/people',
  'POST /v1/publishers/{id}/people/{person}/retire',
  'POST /v1/contracts',
  'POST /v1/contracts/{reference}/terms',
  'POST /v1/contracts/{reference}/contacts',
  'POST /v1/contracts/{reference}/contacts/{contact}/retire',
  'POST /v1/contracts/{reference}/contacts/{contact}/makeReferent',
  'POST /v1/contracts/{reference}/contacts/{contact}/makeMain',
  'POST /v1/requests/{number}/amendTerms',
  'POST /v1/calendars/{id}/closures',
  'POST /v1/calendars/{id}/closures/{closure}/takeBack',
];
