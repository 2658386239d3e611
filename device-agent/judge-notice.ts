import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { accountIn, type NoticeKey, type Remembered } from './memory.ts';
import { openStatement, TAGS } from './statement.ts';

const moment = z.iso.datetime({ offset: true });

const envelope = z.object({ statement: z.string(), signature: z.string(), key: z.string() });

/** What the verifier says of one reset to one device. */
const notice = z.object({
  notice: z.uuid(),
  device: z.string(),
  account: z.object({ guid: z.string(), sid: z.string().regex(/^S-1-[\d-]+$/), name: z.string() }),
  reset: z.string(),
  writtenAt: moment,
  verb: z.enum(['invalidate', 'deferred']),
  endSessions: z.boolean(),
  issuedAt: moment,
  expiresAt: moment,
});

export type Notice = z.infer<typeof notice>;

export type NoticeFault = 'malformed' | 'unknown-key' | 'bad-signature' | 'wrong-device' | 'expired' | 'replayed';

export type Judged = { notice: Notice; seenBefore: boolean } | { fault: NoticeFault };

/**
 * Whether what came over the stream is a notice to act on: signed by a key of the enrolment, to this device, in time, and of a reset later than
 * the last one that was honoured for the account. One that was seen before is told apart: its answer is said again, and nothing done twice.
 * Pure. `now` is milliseconds by the portal's clock, as well as the device knows it.
 */
export function judgeNotice(data: string, memory: Readonly<Remembered>, now: number): Judged {
  const carried = envelope.safeParse(jsonOrNothing(data));
  if (!carried.success) return { fault: 'malformed' };
  const key = memory.noticeKeys.find(({ id }) => id === carried.data.key);
  if (!key) return { fault: 'unknown-key' };
  const opened = openWith(key, carried.data);
  if (opened === undefined) return { fault: 'bad-signature' };
  const read = notice.safeParse(opened);
  if (!read.success) return { fault: 'malformed' };
  const { data: said } = read;
  if (said.device !== memory.device) return { fault: 'wrong-device' };
  if (memory.tasks[said.notice] || memory.answers[said.notice]) return { notice: said, seenBefore: true };
  if (Date.parse(said.expiresAt) <= now) return { fault: 'expired' };
  const { writtenAt } = accountIn(memory, said.account.sid);
  if (writtenAt !== null && Date.parse(said.writtenAt) <= Date.parse(writtenAt)) return { fault: 'replayed' };
  return { notice: said, seenBefore: false };
}

function openWith(key: NoticeKey, carried: z.infer<typeof envelope>): unknown {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey, 'base64'), format: 'der', type: 'spki' });
    return openStatement(TAGS.notice, carried, publicKey);
  } catch {
    return undefined;
  }
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
