import type { AttestPurpose, DeviceDeed, Held, NoticeVerb, Stage, TELL, Verb } from './device.ts';
import type { FactorChange } from './message.ts';
import type { Ceremony } from './passkey.ts';

/** Tags of what devices sign, and of what is signed for them (evidence/device-statement.ts). */
export const DEVICE_REPORT_TAG = 'countersign/device-report/v1';
export const NOTICE_TAG = 'countersign/notice/v1';
export const NOTICE_ACK_TAG = 'countersign/notice-ack/v1';
export const DEVICE_ATTEST_TAG = 'countersign/device-attest/v1';
/** Of the challenge itself, whose SHA-256 the device signs. */
export const DEVICE_CHALLENGE_TAG = 'countersign/device-challenge/v1\0';

/** What a challenge to a device stands for: one reset, one use, one moment; `account` of the ceremony is the reset. */
export function deviceChallenge({ ceremony, account, notAfter }: Ceremony, purpose: AttestPurpose) {
  return { v: 1, type: `reset/${purpose}`, reset: account, nonce: ceremony, notAfter } as const;
}

/** What a device signs at its login screen. */
export interface AttestText {
  device: string;
  /** Base64url. */
  challenge: string;
  at: string;
  account: Held | null;
}

/** What an officer signs who makes a ticket for a name, or approves or revokes a device by its id; `reason` is the digest of what they typed. */
export function deviceStatement({ ceremony, account, notAfter }: Ceremony, said: { deed: DeviceDeed; about: string; reason: string }) {
  return { v: 1, type: `device/${said.deed}`, account, nonce: ceremony, notAfter, about: said.about, reason: said.reason } as const;
}

/** For a ceremony about devices: what it is begun for. */
export function devicePurpose(deed: DeviceDeed, about: string): string {
  return `device/${deed}/${about}`;
}

/** What one device is told after a reset. */
export interface NoticeText {
  notice: string;
  device: string;
  account: { guid: string; sid: string; name: string };
  reset: string;
  /** A credential that was cached before is stale. */
  writtenAt: string;
  verb: NoticeVerb;
  /** With the verb `sealed-hash`: which one, until when it may be used, and what is done where it cannot be. */
  sealedHash?: { sha256: string; expiresAt: string; otherwise: Verb };
  /** Whether tickets and sessions of the account are ended too. */
  endSessions: boolean;
  issuedAt: string;
  expiresAt: string;
}

/** What one device is told of a change of somebody's factors. No word in it is anybody's own: the agent says it in words of its catalogue. */
export interface TellNoticeText {
  notice: string;
  device: string;
  account: { guid: string; sid: string; name: string };
  verb: typeof TELL;
  change: FactorChange;
  changedAt: string;
  issuedAt: string;
  expiresAt: string;
}

/** What its agent says about it. */
export interface AckText {
  notice: string;
  device: string;
  stage: Stage;
  at: string;
  controllerReachable: boolean | null;
  lastOnlineAuth: string | null;
  reason: string | null;
}
