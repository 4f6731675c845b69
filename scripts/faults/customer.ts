/** A customer of a contract apart, who is asked and answers: lives that the reconciler need not understand. */
import { randomUUID } from 'node:crypto';
import { createCorrespondent } from '../../mail/mailbox/answers.ts';
import { type FaultStack, loadContract } from './faultStack.ts';
import { callUntilAnswered, type Journal, openingOf } from './traffic.ts';

export interface Customer {
  /** Opens a request; its number. */
  open(): Promise<string>;
  /** A command of staff on a request; the answer's body. @throws Error unless it is a 2xx */
  command(number: string, name: string, body: object): Promise<string>;
  /** Answers the first mail of a request, by mail. @throws Error when the relay does not take it */
  answerByMail(number: string): Promise<void>;
}

/** A contract of that reference, with its customer. Reminders after 1, 2 and 3 seconds, an acknowledgement within 3. */
export async function createCustomer(stack: FaultStack, journal: Journal, contract: string): Promise<Customer> {
  const contact = `${contract.toLowerCase()}-contact`;
  const email = `${contact}@customer.example`;
  await loadContract(stack.pool, { contract, contact, email });
  const correspondent = createCorrespondent('127.0.0.1', stack.inboundPort);
  const call = async (path: string, body: object) => {
    const answer = await callUntilAnswered(stack, journal, `/v1/requests${path}`, body);
    if (!answer || answer.status >= 300) throw new Error(`${path}: ${answer?.status} ${answer?.text}`);
    return answer.text;
  };
  return {
    async open() {
      const opened = await call('', { ...openingOf(`Apart ${randomUUID()}`), contract, contact });
      return (JSON.parse(opened) as { number: string }).number;
    },
    command: (number, name, body) => call(`/${number}/${name}`, body),
    async answerByMail(number) {
      const { rows } = await stack.pool.query<{ token: string }>(
        "SELECT token FROM outbound_mails WHERE number = $1 AND audience = 'customer' ORDER BY created_at LIMIT 1",
        [number],
      );
      const to = `sr+${rows[0]?.token}@support.example`;
      await correspondent.write({ from: email, to, subject: `Re: ${number}`, text: 'Version 4.' });
    },
  };
}
