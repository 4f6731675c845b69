/** What escalations need beside the API: a contract with a publisher, its referent, and products that lead to it. */
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { publisherSupport } from '../../contracts/templates/publisherSupport.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { nameContractPublisher } from '../../db/publishers.ts';
import { type ApiWorld, termsOf } from './apiWorld.ts';

/** Every part, given or not applicable. */
export const COMPLETE = {
  problem: { given: 'The viewer loads lists without their rows.' },
  tried: { given: 'Another browser, another user.' },
  steps: { given: '1. Open the list. 2. Wait.' },
  errorMessages: { notApplicable: 'None is shown.' },
  documents: { given: 'LIST-4711, of the engineering office.' },
  exampleFile: { notApplicable: 'It happens with every file.' },
  remoteAccess: { given: 'By the usual tool, in office hours.' },
  environmentUnchanged: { given: 'Confirmed on 3 November.' },
} as const;

/** Adds to the world the contract EDITOR with `pub-publisher`, its contacts, and products to ONE's terms. */
export async function addPublisherContract({ pool }: ApiWorld): Promise<void> {
  const editor = termsOf(publisherSupport({ customer: 'Support Example', provider: 'The publisher' }));
  await storeContract(pool, { reference: 'EDITOR', terms: editor });
  await storeTerms(pool, 'EDITOR', 1, '2026-01-01', editor);
  await nameContractPublisher(pool, 'EDITOR', 'pub-publisher');
  const people = [
    { id: 'c-referent', trained: true },
    { id: 'c-second', trained: true },
    { id: 'c-novice', trained: false },
  ];
  for (const { id, trained } of people) {
    const email = `${id}@support.test`;
    await storeContact(pool, { id, contract: 'EDITOR', name: id, email, language: 'fr', trained });
  }
  await pool.query("UPDATE contacts SET referent = true, main = true WHERE id = 'c-referent'");
  const anomalies = termsOf(anomalySupport({ customer: 'Customer One', provider: 'Support Example' }));
  const product = { environment: 'production' as const };
  await storeTerms(pool, 'ONE', 2, '2026-02-01', {
    ...anomalies,
    products: {
      supportsPreviousForMonths: 12,
      outdated: Object.keys(anomalies.exclusions)[0] ?? '',
      list: {
        viewer: {
          ...product,
          name: 'Viewer',
          publisherContract: 'EDITOR',
          ...{ publisherPriorities: { blocking: 'p2' } },
        },
        cabinet: { ...product, name: 'Cabinet', publisherContract: 'NOWHERE' },
        ours: { ...product, name: 'Our own' },
      },
    },
  });
}

/** An escalation of a new request that has reached the publisher; its path. */
export async function sentEscalation(world: ApiWorld): Promise<string> {
  const number = await world.open({ product: 'viewer' });
  await world.give(number, ['acknowledge']);
  await world.post('agent', `/v1/requests/${number}/escalations`, { parts: COMPLETE });
  const told = await world.post('agent', `/v1/requests/${number}/escalate`, { escalation: 1 });
  if (told.status !== 200) throw new Error(told.text);
  await world.escalationDoor.sent(`escalation:${number}:1`);
  return `/v1/escalations/${number}/1`;
}
