import type { SendMailAnswer } from '#activities/telling-contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { WORKER } from '#activities/record/worker-name.ts';
import { MESSAGE_OUTCOMES } from '#domain/message.ts';
import { mailInWords } from '#domain/message-words.ts';
import type { Database } from '#db';
import { RelayUnavailable, sendThrough, type Relay } from './relay.ts';

/** A relay that was away for so long is not waited for any more. */
const WEEK_MS = 7 * 86_400_000;

type MailState = 'sent' | 'refused' | 'given-up';

/**
 * Sends the mail of one message, once: the row says whether it was, and with it its leaf and the end of the address. If
 * we crash between the relay's answer and the row, the retry sends it once more under the same Message-ID. Throws
 * RelayUnavailable when it has to be tried again.
 */
export async function sendMail(
  { db, relay }: { db: Database; relay: Relay | undefined },
  { message: id }: { message: string },
): Promise<SendMailAnswer> {
  const row = await db.message.findUnique({ where: { id }, include: { factorTelling: { select: { accountGuid: true } } } });
  if (row?.mailState !== 'waiting' || row.mailTo === null) return { outcome: 'nothing' };
  const outcome = MESSAGE_OUTCOMES.find((one) => one === row.outcome);
  if (!relay || !outcome) return settle(db, row, 'given-up');
  // Said before it is tried: what was not tried yet comes first the next time, so that one mail holds up no other.
  await db.message.updateMany({ where: { id }, data: { mailTriedAt: new Date() } });
  const text = mailInWords(outcome, row.account, row.toldBy, row.until);
  try {
    const answer = await sendThrough(relay, { id, to: row.mailTo, ...text });
    return await settle(db, row, answer === 'accepted' ? 'sent' : 'refused');
  } catch (error) {
    if (!(error instanceof RelayUnavailable) || Date.now() - row.at.getTime() < WEEK_MS) throw error;
    return settle(db, row, 'given-up');
  }
}

interface Row {
  id: string;
  resetId: string | null;
  factorTelling: { accountGuid: string } | null;
  outcome: string;
  person: string;
  personSid: string;
  toldBy: string[];
}

async function settle(db: Database, row: Row, state: MailState): Promise<SendMailAnswer> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.message.updateMany({
      where: { id: row.id, mailState: 'waiting' },
      data: { mailState: state, mailTo: null },
    });
    if (count === 0) return { outcome: 'nothing' };
    await recordLeaf(
      tx,
      {
        type: 'message.sent',
        outcome: state === 'sent' ? 'success' : 'failure',
        ...(row.resetId === null ? {} : { reset: row.resetId }),
        ...(row.factorTelling ? { account: { guid: row.factorTelling.accountGuid, sid: null } } : {}),
        actor: WORKER,
        ...(state === 'sent' ? {} : { reason: state === 'refused' ? 'relay-refused' : 'relay-away' }),
        do: { message: row.id, says: row.outcome, channel: 'mail', to: { guid: row.person, sid: row.personSid }, by: row.toldBy },
      },
      'worker',
    );
    return { outcome: state };
  });
}
