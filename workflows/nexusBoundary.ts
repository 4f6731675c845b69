/**
 * The boundary between a request and its escalations where the publisher has a Temporal namespace of its own: the same two
 * interfaces, each message a Nexus operation. Operations are tried again by the server until they are done; each may
 * be carried out twice and then counts once.
 */
import { createNexusServiceClient } from '@temporalio/workflow';
import { operation, service } from 'nexus-rpc';
import type { EscalationReport, EscalationVerdict } from '../domain/escalation/messages.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import type { DistributorSide, PublisherSide, Told } from './escalationBoundary.ts';
import type { EscalationInput } from './escalationMessages.ts';

/** A verdict, and the escalation that it is for. */
export interface AddressedVerdict {
  readonly escalation: EscalationId;
  readonly verdict: EscalationVerdict;
}

/** A report, and the number of the request that it is for. */
export interface AddressedReport {
  readonly request: string;
  readonly report: EscalationReport;
}

/** What either side may ask of the other's namespace; every worker answers all of it. */
export const escalationService = service('relance.escalations', {
  start: operation<EscalationInput, void>(),
  tell: operation<AddressedVerdict, Told>(),
  report: operation<AddressedReport, Told>(),
});

/** The publisher's side behind a Nexus endpoint. */
export function publisherBehind(endpoint: string): PublisherSide {
  const client = createNexusServiceClient({ endpoint, service: escalationService });
  return {
    start: (input) => client.executeOperation('start', input),
    tell: (escalation, verdict) => client.executeOperation('tell', { escalation, verdict }),
  };
}

/** The distributor's side behind a Nexus endpoint. */
export function distributorBehind(endpoint: string): DistributorSide {
  const client = createNexusServiceClient({ endpoint, service: escalationService });
  return { report: (request, report) => client.executeOperation('report', { request, report }) };
}
