import { copyFileSync, createReadStream, renameSync, rmSync, chmodSync } from 'node:fs';
import { basename } from 'node:path';
import { bannedListIn } from '#api/banned-list.ts';
import type { Database, Transaction } from '#db';
import { BannedListRefused, checkBannedList, type BannedListHead } from '#evidence/banned-list.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { takeNumber } from '../rising-number.ts';
import { Sentence } from '../sentence.ts';
import { bannedPasswordsFolder, trustedPublishers } from '../setup/banned-list.ts';
import { thisOperator } from '../this-operator.ts';

/** Under which the numbers of lists are burned. */
const SUBJECT = 'banned-list';
/** The number of the list that every installation begins with. */
const OF_THE_SET_UP = 0;

/**
 * Takes a list of banned passwords: signed by a trusted publisher, whole, and with a number that is not lower than that of any list that was
 * taken before. It counts at once. Said in the log, also when it is refused. Throws a Sentence that names the fix.
 */
export async function takeBannedList(state: string, db: Database, file: string): Promise<BannedListHead> {
  const publishers = trustedPublishers(state);
  if (publishers.length === 0)
    throw new Sentence('Nobody’s list is trusted yet. Say first whose signature counts: countersign banned-passwords trust <verifier key>');
  const folder = bannedPasswordsFolder(state);
  // What is checked is what will count, whatever becomes of the medium meanwhile.
  const copy = `${bannedListIn(folder)}.new`;
  try {
    copied(file, copy);
    const head = await checkBannedList(createReadStream(copy), publishers, () => () => {}).catch(async (error: unknown) => {
      if (!(error instanceof BannedListRefused)) throw error;
      await db.$transaction((tx) => record(tx, 'denied', { reason: error.fault, do: { file: basename(file) } }));
      throw new Sentence(`${file} was not taken. ${error.message}`);
    });
    await burned(db, head);
    renameSync(copy, bannedListIn(folder));
    return head;
  } finally {
    rmSync(copy, { force: true });
  }
}

/** Burns the number before the list counts: after a crash in between the one before still counts, and the command is run again. */
async function burned(db: Database, head: BannedListHead): Promise<void> {
  const { number, made, entries } = head;
  const sha256 = head.sha256.toString('hex');
  const facts = { number, sha256, made, entries };
  const refused = await db.$transaction(async (tx) => {
    const why = await takeNumber(tx, SUBJECT, { number, sha256 }, OF_THE_SET_UP);
    await record(tx, why ? 'denied' : 'success', { ...(why ? { reason: why.reason } : {}), do: facts });
    return why;
  });
  if (!refused) return;
  throw new Sentence(
    refused.reason === 'older'
      ? `This list has the number ${number}, and number ${refused.highest} was taken before. A list has to have a higher one: bring the newest.`
      : `Another list with the number ${number} was taken before, and this one is not the same. Ask the publisher which of them counts.`,
  );
}

function record(tx: Transaction, outcome: 'success' | 'denied', facts: { reason?: string; do: Record<string, string | number> }) {
  return appendLeaf(tx, { type: 'banned-list.imported', outcome, actor: thisOperator(), ...facts }, 'ops');
}

function copied(file: string, copy: string): void {
  try {
    copyFileSync(file, copy);
    chmodSync(copy, 0o644);
  } catch {
    throw new Sentence(`${file} cannot be read, or there is no room for it here. Check the path and the disk.`);
  }
}
