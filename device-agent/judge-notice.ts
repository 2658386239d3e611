import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { accountIn, MOST_TOLD, type NoticeKey, type Remembered } from './memory.ts';
import { openStatement, TAGS } from './statement.ts';
import { jsonOrNothing } from './json.ts';

const moment = z.iso.datetime({ offset: true });

const envelope = z.object({ statement: z.string(), signature: z.string(), key: z.string(), sealed: z.string().max(2000).optional() });
const verb = z.enum(['invalidate', 'deferred']);

/** What the verifier says to one device: of one reset, or of one change of what somebody signs in with. */
const common = {
  notice: z.uuid(),
  device: z.string(),
  account: z.object({ guid: z.string(), sid: z.string().regex(/^S-1-[\d-]+$/), name: z.string() }),
  issuedAt: moment,
  expiresAt: moment,
};
const reset = z.object({
  ...common,
  reset: z.string(),
  writtenAt: moment,
  endSessions: z.boolean(),
});
const sealedHash = z.object({ sha256: z.string(), expiresAt: moment, otherwise: verb });
const ofReset = z.union([reset.extend({ verb }), reset.extend({ verb: z.literal('sealed-hash'), sealedHash })]);
const ofFactors = z.object({
  ...common,
  verb: z.literal('tell'),
  /** A word of the portal's. One that this agent does not know is told in general words. */
  change: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  changedAt: moment,
});
const VERBS: readonly string[] = [...verb.options, 'sealed-hash', 'tell'];
/** What is looked at before the whole: what a later portal asks of its agents may have any other members. */
const addressed = z.object({ device: z.string(), verb: z.string() });

export type ResetNotice = z.infer<typeof ofReset>;
export type FactorNotice = z.infer<typeof ofFactors>;
export type Notice = ResetNotice | FactorNotice;

export type NoticeFault =
  | 'malformed'
  | 'unknown-key'
  | 'bad-signature'
  | 'wrong-device'
  | 'unknown-verb'
  | 'expired'
  | 'replayed'
  | 'too-many';

/** `sealed`: what came beside it. */
export type Judged = { notice: Notice; seenBefore: boolean; sealed?: string | undefined } | { fault: NoticeFault };

/**
 * Whether what came over the stream is a notice to act on: signed by a key of the enrolment, to this device, in time, and of a reset later than
 * the last one that was honoured for the account, or of a change that was not taken on. One that was seen before is told apart: its answer is said again, and nothing done twice.
 * Pure. `now` is milliseconds by the portal's clock, as well as the device knows it.
 */
export function judgeNotice(data: string, memory: Readonly<Remembered>, now: number): Judged {
  const carried = envelope.safeParse(jsonOrNothing(data));
  if (!carried.success) return { fault: 'malformed' };
  const key = memory.noticeKeys.find(({ id }) => id === carried.data.key);
  if (!key) return { fault: 'unknown-key' };
  const opened = openWith(key, carried.data);
  if (opened === undefined) return { fault: 'bad-signature' };
  const to = addressed.safeParse(opened);
  if (!to.success) return { fault: 'malformed' };
  if (to.data.device !== memory.device) return { fault: 'wrong-device' };
  if (!VERBS.includes(to.data.verb)) return { fault: 'unknown-verb' };
  const read = z.union([ofReset, ofFactors]).safeParse(opened);
  if (!read.success) return { fault: 'malformed' };
  return read.data.verb === 'tell' ? judgeTelling(read.data, memory, now) : judgeReset(read.data, carried.data.sealed, memory, now);
}

function judgeReset(notice: ResetNotice, sealed: string | undefined, memory: Readonly<Remembered>, now: number): Judged {
  if (memory.tasks[notice.notice] || memory.answers[notice.notice]) return { notice, seenBefore: true };
  if (Date.parse(notice.expiresAt) <= now) return { fault: 'expired' };
  const { writtenAt } = accountIn(memory, notice.account.sid);
  if (writtenAt !== null && Date.parse(notice.writtenAt) <= Date.parse(writtenAt)) return { fault: 'replayed' };
  return { notice, seenBefore: false, sealed };
}

/**
 * Changes of factors come close together and in any order, so no moment says which was told: each id is kept until its time is over, and what ends
 * no later than an id that was let go is over too, whatever a clock that was set back says.
 */
function judgeTelling(notice: FactorNotice, { told, toldUntil }: Readonly<Remembered>, now: number): Judged {
  if (told[notice.notice] !== undefined) return { notice, seenBefore: true };
  const end = Date.parse(notice.expiresAt);
  if (end <= now || end <= toldUntil) return { fault: 'expired' };
  return Object.keys(told).length >= MOST_TOLD ? { fault: 'too-many' } : { notice, seenBefore: false };
}

function openWith(key: NoticeKey, carried: z.infer<typeof envelope>): unknown {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey, 'base64'), format: 'der', type: 'spki' });
    return openStatement(TAGS.notice, carried, publicKey);
  } catch {
    return undefined;
  }
}
