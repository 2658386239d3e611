import type { Client } from '@temporalio/client';
import type { Database } from '#db';
import type { Log } from '#process-log';
import { againAndAgain } from '../again-and-again.ts';
import { beginUnlessRunning, type OneAtATime } from '../one-at-a-time.ts';

const EVERY_MS = 2000;
const MOST = 50;

/** Messages whose mail waits, the ones first that were never tried; tried ones again after a minute. */
async function waitingMails(db: Database): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM message
    WHERE mail_state = 'waiting' AND (mail_tried_at IS NULL OR mail_tried_at < clock_timestamp() - interval '1 minute')
    ORDER BY mail_tried_at NULLS FIRST, at LIMIT ${MOST}`;
  return rows.map(({ id }) => id);
}

/** Has mails sent as soon as some wait, until the returned function is called. */
export function startMailing(db: Database, client: Pick<Client, 'workflow'>, one: OneAtATime, log: Log): () => Promise<void> {
  const turn = async (): Promise<void> => {
    const messages = await waitingMails(db);
    if (messages.length > 0) await beginUnlessRunning(client, one, { messages });
  };
  return againAndAgain(EVERY_MS, turn, log, 'mails could not be looked for; tried again').stop;
}
