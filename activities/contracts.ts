/** Activities of a contract: its credit read, ended on its last day, and told of. */
import type { Pool } from 'pg';
import { expireLot } from '../db/ledger/expiry.ts';
import { orderCreditNotices, type StaffAddress } from '../db/ledger/notices.ts';
import { readCreditContract } from '../db/ledger/under.ts';
import { readWatchedCredit } from '../db/ledger/watching.ts';
import type { ContractActivities } from '../workflows/messages.ts';

/** What contracts need. */
export interface ContractActivityDependencies {
  readonly pool: Pool;
  /** Where staff are told. */
  readonly staffAlerts: StaffAddress;
}

/** Everything that is thrown is tried again by Temporal. */
export function createContractActivities({ pool, staffAlerts }: ContractActivityDependencies): ContractActivities {
  return {
    async readCredit({ contract, now }) {
      return (await readWatchedCredit(pool, contract, now)) ?? { lots: [], alerts: [] };
    },

    async expireCredit({ contract, lot, now }) {
      const under = await readCreditContract(pool, contract, now);
      if (!under) throw new Error(`there is no contract ${contract}`);
      await expireLot(pool, contract, lot, under);
    },

    async tellCredit(told) {
      await orderCreditNotices(pool, told, staffAlerts);
    },
  };
}
