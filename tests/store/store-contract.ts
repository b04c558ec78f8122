import { describe } from '@jest/globals';
import { artifactContract } from './contract/artifacts.js';
import { auditContract } from './contract/audit.js';
import { consentContract } from './contract/consent.js';
import { deliveryContract } from './contract/deliveries.js';
import { historyContract } from './contract/history.js';
import { incidentContract } from './contract/incidents.js';
import { leaseContract } from './contract/leases.js';
import { lockContract } from './contract/locks.js';
import { ownerContract } from './contract/owners.js';
import { runListContract } from './contract/run-list.js';
import { runRecordContract } from './contract/run-records.js';
import { runContract } from './contract/runs.js';
import { scheduleContract } from './contract/schedules.js';
import type { OpenStore } from './contract/under-test.js';

/** What every back end of the store must do. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`${name} keeps the store's contract`, () => {
    runContract(open);
    runListContract(open);
    runRecordContract(open);
    leaseContract(open);
    lockContract(open);
    scheduleContract(open);
    consentContract(open);
    ownerContract(open);
    artifactContract(open);
    historyContract(open);
    auditContract(open);
    incidentContract(open);
    deliveryContract(open);
  });
}
