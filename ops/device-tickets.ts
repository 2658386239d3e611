import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { DeviceDeedAnswer } from '#activities/device-contract.ts';
import { codeFromBytes } from '#domain/codes.ts';
import { TICKET_SYMBOLS } from '#domain/device.ts';
import { REFUSALS } from '#domain/refusals.ts';
import { Sentence } from './sentence.ts';
import { openVerifierLine } from './verifier-line.ts';

/** Has the verifier make a ticket for a device of this name, for whoever confirms it with a code of their authenticator. Throws a Sentence. */
export async function makeDeviceTicket(
  state: string,
  { name, by, code, reason }: { name: string; by: string; code: string; reason: string },
): Promise<{ ticket: string; expiresAt: string }> {
  const ticket = codeFromBytes(randomBytes(TICKET_SYMBOLS));
  const line = await openVerifierLine(state);
  try {
    const answer = await line.ask<DeviceDeedAnswer>({
      purpose: 'device-deed',
      workflow: 'deviceDeed',
      named: 'device-deed',
      value: { account: by, deed: 'ticket', about: name, ticket, reason: await keepReason(line.db, reason), by: { totp: code } },
      asked: { account: null },
      unanswered: 'No ticket was made: worker, verifier or directory did not answer. Look with: countersign doctor',
    });
    if (answer.outcome === 'refused') throw new Sentence(REFUSALS[answer.code].words);
    return { ticket, expiresAt: answer.expiresAt ?? '' };
  } finally {
    await line.close();
  }
}

/** Keeps what was typed beside the log, which holds its digest only, as the API does. */
async function keepReason(db: Awaited<ReturnType<typeof openVerifierLine>>['db'], typed: string): Promise<string> {
  const text = typed.normalize('NFC');
  const id = randomUUID();
  const digest = createHash('sha256').update(`${id}\n${text}`).digest('hex');
  await db.statedReason.create({ data: { id, text, digest }, select: { id: true } });
  return digest;
}
