import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readSecretLine } from '#config';
import { openDatabase } from '#db';
import { haltNow } from '#prisma/joint-acts.ts';
import { auditorUrlFile } from '../setup/database-roles.ts';
import { keyFile } from '../setup/keys.ts';
import { bad, good, unknown, type Finding } from './finding.ts';

/** Whether two security officers have stopped resets. Not a fault, but nobody should have to guess why nothing is written. */
export async function emergencyStop(state: string): Promise<Finding> {
  const db = openDatabase(readSecretLine(auditorUrlFile(state)), 1);
  try {
    const halted = await haltNow(db, createPublicKey(readFileSync(keyFile(state, 'api', 'verifier-signing.pub'))));
    if (halted === 'nothing') return good('no emergency stop is in force');
    const what = halted === 'all' ? 'every reset' : 'resets of protected accounts';
    return bad(`an emergency stop is in force: ${what} wait`, 'two security officers lift it in the console, page Officers');
  } catch {
    return unknown('whether an emergency stop is in force could not be looked at', 'npm start');
  } finally {
    await db.$disconnect().catch(() => {});
  }
}
