import { readFileSync } from 'node:fs';
import { readSecretLine, type VerifierSettings } from '#config';
import type { Directory } from '#activities/directory/connect.ts';
import type { Database } from '#db';
import { openAs } from '../directory/open-as.ts';
import { layout } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { ownerUrlFile } from '../setup/database-roles.ts';

/**
 * The directory as whoever runs a command sees it: by the reader's bind, which may read what every reset reads and write
 * nothing. It is no right more than the operator has, who can read that bind's password anyhow; one more account would be one more secret.
 */
export const openReader = (state: string): Directory => openAs(state, 'verifier');

/** Which groups give which role in the console, as the verifier has it. */
export function roleGroupsIn(state: string): VerifierSettings['roleGroups'] {
  const settings = JSON.parse(readFileSync(layout(state).settingsFile('verifier'), 'utf8')) as VerifierSettings; // written by our own set-up
  return settings.roleGroups;
}

/** The database by its owner. Throws Sentence when it does not answer. */
export async function withDatabase<T>(state: string, work: (db: Database) => Promise<T>): Promise<T> {
  const { openDatabase } = await import('#db');
  const db = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
  try {
    await db.$queryRaw`SELECT 1`;
  } catch {
    await db.$disconnect();
    throw new Sentence('The database does not answer. Start the service first: npm start.');
  }
  try {
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}
