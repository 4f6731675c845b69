/** What the worker registers: workflow functions, and nothing else. */
export { contract } from './contract.ts';
export { escalation } from './escalation.ts';
export { hotlineCall } from './hotlineCall.ts';
export { intervention } from './intervention.ts';
export { plannedVisit } from './plannedVisit.ts';
export { supportRequest } from './supportRequest.ts';
