/** A change of a password that was made at one controller, as stamps name it (directory/password-stamp.ts). */
export interface PasswordChange {
  controller: string;
  stamp: { version: number; originating: string; usn: string; at: string };
}

/** `change`: what was verified, where there are other controllers that it has still to come to. */
export interface Verified {
  verified: boolean;
  change?: PasswordChange;
}

/** Served by the verifier on the queue `approvals`: nobody waits in front of it who has not read that the password works. */
export interface ArrivalActivities {
  /** Where a change has come to, at each controller but the one where it was made. Changes nothing; within seconds, whatever is silent. */
  watchArrival(asked: PasswordChange & { account: string }): Promise<Record<string, 'arrived' | 'on-its-way' | 'silent'>>;
}
