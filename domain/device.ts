/** Devices that may hold a cached credential: with an agent, which has a key of its own, or without, which are told by hand. */

export const PLATFORMS = ['linux', 'windows', 'mac'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** `by-hand`: without an agent. `waiting`: enrolled, and nobody has approved it yet. */
export const DEVICE_STATES = ['by-hand', 'waiting', 'active', 'revoked'] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/** What an officer does about devices. */
export const DEVICE_DEEDS = ['ticket', 'approve', 'revoke'] as const;
export type DeviceDeed = (typeof DEVICE_DEEDS)[number];

/** What an agent is to do with a cached credential: take it away at once, or only when a domain controller can be reached. */
export const VERBS = ['invalidate', 'deferred'] as const;
export type Verb = (typeof VERBS)[number];
/** What a notice may say besides: put the sealed hash that comes with it in the place of the stale one (domain/sealed-hash.ts). */
export const NOTICE_VERBS = [...VERBS, 'sealed-hash'] as const;
export type NoticeVerb = (typeof NOTICE_VERBS)[number];

/** Whose new password devices may be sent a sealed hash of. Nobody's who is protected, whatever a policy says. */
export const SEALED_HASH_FOR = ['nobody', 'unprotected'] as const;
export type SealedHashFor = (typeof SEALED_HASH_FOR)[number];

/** What the policy says of devices. Times in seconds. */
export interface DeviceDemands {
  /** Whether a second person approves a device that has shown its ticket. */
  approval: 'none' | 'second-person';
  /** Whether a device may be enrolled by its computer's own account in the directory, and whether somebody approves it then. */
  computerAccounts: 'refused' | 'approval' | 'automatic';
  /** So long a ticket can be used. */
  ticket: number;
  verb: Verb;
  sealedHash: SealedHashFor;
  /** So long a device is told of one reset, or of one change of somebody's factors. */
  notices: number;
  /** How often an agent says what its device has cached. */
  reportEvery: number;
  /** A device knows an account for so long after a controller has confirmed its last sign-in there. */
  knownWithin: number;
}

/** What a notice of a change of factors asks of an agent: to tell the person. */
export const TELL = 'tell';

/** What an agent says of one notice of a reset, as it gets there. */
const RESET_STAGES = ['received', 'deferred', 'invalidated', 'replaced', 'refreshed', 'nothing-cached', 'cannot'] as const;
/** Of a notice that tells somebody of a change of their factors. `not-shown`: they are not logged in, and see it when they next are. */
const TELL_STAGES = ['received', 'not-shown', 'shown', 'nothing-cached', 'cannot'] as const;
export type Stage = (typeof RESET_STAGES)[number] | (typeof TELL_STAGES)[number];
export const STAGES = [...RESET_STAGES, 'not-shown', 'shown'] as const satisfies readonly Stage[];

/** Whether an agent may say this of a notice: one of a reset, or one that tells of a change of factors. */
export function isStageOf(kind: 'reset' | 'factors', stage: Stage): boolean {
  return (kind === 'reset' ? RESET_STAGES : TELL_STAGES).some((one) => one === stage);
}

/** What becomes of one notice; `open` until its agent has said anything, `by-hand` where there is none. */
export const NOTICE_STATES = ['by-hand', 'open', ...STAGES, 'expired'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** Something is still expected of the agent. */
export const OPEN_STATES: readonly NoticeState[] = ['open', 'received', 'deferred', 'invalidated', 'replaced', 'not-shown'];

const RANK: Readonly<Record<NoticeState, number>> = {
  'by-hand': 0,
  open: 0,
  received: 1,
  deferred: 2,
  'not-shown': 2,
  invalidated: 3,
  replaced: 3,
  refreshed: 4,
  shown: 4,
  'nothing-cached': 4,
  cannot: 4,
  expired: 5,
};

/** Where a notice stands after its agent has said a stage: never further back, since what was said may come late or twice. */
export function stateAfter(state: NoticeState, stage: Stage): NoticeState {
  return RANK[stage] > RANK[state] ? stage : state;
}

/** Kerberos lets clocks of one domain differ by so much (RFC 4120 §8.2); what a device's clock says is judged no more sharply. */
const CLOCK_SKEW_MS = 300_000;

/** Whether a login that a controller confirmed at `at` was one with the password written at `writtenAt`. SSSD keeps whole seconds. */
export function isAfterWrite(at: Date, writtenAt: Date): boolean {
  return at.getTime() + CLOCK_SKEW_MS >= writtenAt.getTime();
}

/** What a device is asked to sign at its login screen: that an account is known there, or only that a reset was begun there. */
export const ATTEST_PURPOSES = ['known-device', 'source-device'] as const;
export type AttestPurpose = (typeof ATTEST_PURPOSES)[number];
/** So long a challenge to a device is open, in seconds: nobody types anything in between. */
export const ATTEST_SECONDS = 120;

/** What a device says of one account: that its credential is cached, and when a controller last confirmed a sign-in; null when it holds none. */
export interface Held {
  sid: string;
  lastOnlineAuth: string | null;
}

/** Why what a device says does not show that it knows the account of this SID; undefined when it does. */
export function whyNotKnown(
  { at, account }: { at: string; account: Held | null },
  { sid, knownWithin, now }: { sid: string; knownWithin: number; now: Date },
): 'wrong-clock' | 'not-held' | 'never-online' | 'too-long-ago' | undefined {
  // What it says of a past moment is worth as much as its clock.
  if (!(Math.abs(now.getTime() - Date.parse(at)) <= CLOCK_SKEW_MS)) return 'wrong-clock';
  if (account?.sid !== sid) return 'not-held';
  if (account.lastOnlineAuth === null) return 'never-online';
  const age = now.getTime() - Date.parse(account.lastOnlineAuth);
  return age <= knownWithin * 1000 && age >= -CLOCK_SKEW_MS ? undefined : 'too-long-ago';
}

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** A host name of RFC 1123, in small letters. */
export const DEVICE_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

/** sAMAccountName of a computer, as it joins: a NetBIOS name and a dollar. */
export const COMPUTER_ACCOUNT = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,14})\$$/;

/** A ticket has 80 bits. */
export const TICKET_SYMBOLS = 16;

/** Under which a used ticket and a revoked device are burned. */
export const ticketUsed = (ticket: string): string => `device-ticket:${ticket}`;
export const deviceRevoked = (device: string): string => `device-revoked:${device}`;
