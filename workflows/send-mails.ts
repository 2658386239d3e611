import type { MailInput } from './messages.ts';
import { mailing } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/** After so many in a row the relay itself is away, and the others are left for the next time. */
const AWAY_AFTER = 3;

/** Sends mails, one after the other. Nothing waits for it; what the relay did not take stays in its row and is found by the next one. */
export async function sendMails({ messages }: MailInput): Promise<{ left: number }> {
  let left = 0;
  let inARow = 0;
  for (const [index, message] of messages.entries()) {
    if (inARow === AWAY_AFTER) return { left: left + messages.length - index };
    const sent = await unlessUnavailable(() => mailing.sendMail({ message }));
    inARow = sent === 'unavailable' ? inARow + 1 : 0;
    if (sent === 'unavailable') left += 1;
  }
  return { left };
}
