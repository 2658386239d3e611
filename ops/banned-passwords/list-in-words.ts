import { bannedListFrom } from '#api/banned-list.ts';
import { BannedListRefused } from '#evidence/banned-list.ts';
import { Sentence } from '../sentence.ts';
import { bannedPasswordsFolder, trustedPublishers } from '../setup/banned-list.ts';

/** The list in force, a line each: its number, day, entries and memory, and whose lists count. Throws a Sentence when none is. */
export async function listInWords(state: string): Promise<string[]> {
  const list = await bannedListFrom(bannedPasswordsFolder(state))().catch((error: unknown) => {
    throw error instanceof BannedListRefused ? new Sentence(error.message) : error;
  });
  const { number, made, entries, sha256 } = list.head;
  const publishers = trustedPublishers(state).map(({ name }) => name);
  return [
    number === 0 ? 'The list that was made at set-up is in force.' : `List number ${number} is in force.`,
    `  made     ${made}`,
    `  entries  ${entries}, ${(list.bytes / 1e6).toFixed(1)} MB of memory`,
    `  SHA-256  ${sha256.toString('hex')}`,
    publishers.length > 0 ? `Lists of ${publishers.join(', ')} count.` : 'No publisher is trusted yet.',
  ];
}
