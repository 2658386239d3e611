import { copyFileSync, createReadStream, renameSync, rmSync, chmodSync } from 'node:fs';
import { basename } from 'node:path';
import { bannedListIn } from '#api/banned-list.ts';
import type { Database, Transaction } from '#db';
import { BannedListRefused, checkBannedList, type BannedListHead } from '#evidence/banned-list.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { Sentence } from '../sentence.ts';
import { bannedPasswordsFolder, trustedPublishers } from '../setup/banned-list.ts';
import { thisOperator } from '../this-operator.ts';

/** Under which the numbers of lists are burned. */
const SUBJECT = 'banned-list';

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
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${SUBJECT}, 0))`;
    const rows = await tx.burn.findMany({ where: { subject: SUBJECT }, select: { updateId: true, outcome: true } });
    const highest = Math.max(0, ...rows.map(({ updateId }) => Number(updateId)));
    const same = rows.find(({ updateId }) => updateId === String(number));
    if (number < highest || number === 0) {
      await record(tx, 'denied', { reason: 'older', do: facts });
      return `This list has the number ${number}, and number ${highest} was taken before. A list has to have a higher one: bring the newest.`;
    }
    if (same && (same.outcome as { sha256?: unknown }).sha256 !== sha256) {
      await record(tx, 'denied', { reason: 'other-content', do: facts });
      return `Another list with the number ${number} was taken before, and this one is not the same. Ask the publisher which of them counts.`;
    }
    const row = { subject: SUBJECT, updateId: String(number), consumed: `${SUBJECT}:${number}`, outcome: { sha256 } };
    await tx.burn.createMany({ data: [row], skipDuplicates: true });
    await record(tx, 'success', { do: facts });
    return undefined;
  });
  if (refused !== undefined) throw new Sentence(refused);
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
