import { randomUUID } from 'node:crypto';

/** An ordinary activity that does nothing and answers about as much as a real one. */
export interface FloorActivities {
  check(asked: object): Promise<{ outcome: string; attestation: string; method: string }>;
}
/** A local activity that does nothing. */
export interface FloorRecord {
  record(asked: object): Promise<void>;
}

export const floorActivities: FloorActivities & FloorRecord = {
  check: () => Promise.resolve({ outcome: 'passed', attestation: randomUUID(), method: 'recovery-code' }),
  record: () => Promise.resolve(),
};
