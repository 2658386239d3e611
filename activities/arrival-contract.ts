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

/** `site`: that of the claimant, by name, where it is known and one of its controllers is; `arrived` when none of them is still waited for. */
export interface ArrivedNear {
  seen: Record<string, 'arrived' | 'on-its-way' | 'silent'>;
  site?: { name: string; arrived: boolean };
}

/** Served by the verifier on the queue `approvals`: nobody waits in front of it who has not read that the password works. */
export interface ArrivalActivities {
  /** Where a change has come to, at each controller but the one where it was made. Changes nothing; within seconds, whatever is silent. */
  watchArrivalNear(asked: PasswordChange & { account: string; reset: string }): Promise<ArrivedNear>;
  /** The same without a site; releases from before there were any ask it. */
  watchArrival(asked: PasswordChange & { account: string }): Promise<Record<string, 'arrived' | 'on-its-way' | 'silent'>>;
}
