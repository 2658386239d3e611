import type { NoticeState } from '#domain/device.ts';
import type { RefusalCode } from '#domain/refusals.ts';

/** `account`: of whoever is signed in; null for somebody at the operator's terminal, who names themselves in what is sealed. */
export interface DeviceDeedAsked {
  request: string;
  account: string | null;
  sealed: string;
}
/** `about`: the device, or the ticket that was made. */
export type DeviceDeedAnswer = { outcome: 'done'; about: string; expiresAt?: string } | { outcome: 'refused'; code: RefusalCode };

/** A device shows its ticket and its key, both sealed. */
export interface EnrolDeviceAsked {
  request: string;
  sealed: string;
}
export type EnrolDeviceAnswer =
  | { outcome: 'enrolled'; device: string; state: 'waiting' | 'active' }
  | { outcome: 'refused'; code: RefusalCode };

export interface DeviceConsoleActivities {
  /** Makes a ticket, approves or revokes a device, for an officer who confirms it. */
  deviceDeed(asked: DeviceDeedAsked): Promise<DeviceDeedAnswer>;
  /** Registers the key of a device that shows a good ticket. */
  enrolDevice(asked: EnrolDeviceAsked): Promise<EnrolDeviceAnswer>;
}

/** What notices are of: a reset, or a change of somebody's factors, by the row that asks to tell of it. */
export type NoticesOf = { reset: string } | { factors: string };
/** `account`: whose password was reset. */
export type NoticesAsked = { reset: string; account: string } | { factors: string };

/** `made` now; `open`: how many are not at their end; `until` when the time for them is over (RFC 3339). */
export interface NoticesMade {
  made: number;
  open: number;
  until: string;
}

/** What an agent said about its notice, as it signed it. */
export interface AckMessage {
  notice: string;
  statement: string;
  /** base64url */
  signature: string;
}
export type AckAnswer = { outcome: 'recorded'; state: NoticeState; open: number } | { outcome: 'refused'; code: RefusalCode; open: number };

export interface NoticeActivities {
  /**
   * Signs a notice for each device that reported a cached credential of the account; after a reset it notes each that has to be told by hand too.
   * Once a device.
   */
  makeNotices(asked: NoticesAsked): Promise<NoticesMade>;
  /** Checks the device's signature and records how far it came; once a statement. */
  acknowledgeNotice(asked: AckMessage & NoticesOf & { updateId: string }): Promise<AckAnswer>;
  /** Ends what is open when its time is over. */
  expireNotices(asked: NoticesOf): Promise<{ expired: number }>;
}
