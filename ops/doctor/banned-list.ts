import { readSecretLine } from '#config';
import { openDatabase } from '#db';
import { bannedListFrom } from '#api/banned-list.ts';
import { BANNED_LIST_FAULTS, BannedListRefused } from '#evidence/banned-list.ts';
import { policyInForce } from '#prisma/policies.ts';
import { bannedPasswordsFolder } from '../setup/banned-list.ts';
import { auditorUrlFile } from '../setup/database-roles.ts';
import { bad, good, type Finding } from './finding.ts';

const BRING = 'bring the newest list of your publisher: countersign banned-passwords import <file>';

/** Whether the list of banned passwords holds, checked through as the API does, and is not older than the policy allows; otherwise no password is taken. */
export async function bannedListStands(state: string): Promise<Finding> {
  const list = await bannedListFrom(bannedPasswordsFolder(state))().catch((error: unknown) => {
    if (error instanceof BannedListRefused) return error;
    throw error;
  });
  if (list instanceof BannedListRefused) return bad(`no new password is taken: ${list.message}`, BRING);
  const { number, made, entries } = list.head;
  const oldest = await oldestAllowed(state);
  if (oldest !== undefined && Date.now() > Date.parse(made) + oldest * 1000)
    return bad(`no new password is taken: ${BANNED_LIST_FAULTS['too-old']}`, BRING);
  return good(`the list of banned passwords has number ${number}, made ${made.slice(0, 10)}, and ${entries} entries`);
}

async function oldestAllowed(state: string): Promise<number | undefined> {
  const db = openDatabase(readSecretLine(auditorUrlFile(state)), 1);
  try {
    return (await policyInForce(db)).policy.password.oldestBannedList;
  } finally {
    await db.$disconnect().catch(() => {});
  }
}
