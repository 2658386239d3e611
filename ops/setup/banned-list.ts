import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bannedListIn, publishersIn } from '#api/banned-list.ts';
import { listedSpelling } from '#domain/password-spellings.ts';
import { readPublishers } from '#evidence/banned-list.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { printVerifierKey, SIGNATURE, type VerifierKey } from '#evidence/verifier-key.ts';
import { buildBannedList } from '../banned-passwords/build-list.ts';
import { listedSpellings } from '../banned-passwords/plain-lines.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { ownedFile, ownedFolder } from './owned-files.ts';

/** The list of banned passwords and whose lists count. The operator's; the API reads it. */
export const bannedPasswordsFolder = (state: string): string => join(state, 'banned-passwords');

/** Where the list lay before it was signed, one password a line. An operator's own is read once. */
const plainListFile = (state: string): string => join(state, 'banned-passwords.txt');
const madeHere = '# countersign ';

/** Names of the keys that a set-up makes, signs one list with and forgets; what follows says of what the list was made. */
const BUILT_IN = 'countersign.built-in/';
const OWN = `${BUILT_IN}own-list`;

/** Whose lists count besides the one that was made at set-up. */
export function trustedPublishers(state: string): VerifierKey[] {
  return allPublishers(state).filter(({ name }) => !name.startsWith(BUILT_IN));
}

/** Lets lists of these count, in place of whatever counted before. The key of the set-up's list stays: nobody can sign with it any more. */
export function givePublishers(state: string, publishers: readonly VerifierKey[]): void {
  const builtIn = allPublishers(state).filter(({ name }) => name.startsWith(BUILT_IN));
  const lines = [...publishers, ...builtIn].map(printVerifierKey);
  ownedFolder(bannedPasswordsFolder(state), undefined, 0o755);
  ownedFile(publishersIn(bannedPasswordsFolder(state)), `${lines.join('\n')}\n`, undefined, 0o644);
}

function allPublishers(state: string): VerifierKey[] {
  const file = publishersIn(bannedPasswordsFolder(state));
  return existsSync(file) ? readPublishers(readFileSync(file, 'utf8')) : [];
}

/**
 * Makes the first list, of the dictionary that the password library ships, or of the operator's own plain one from before. It has the
 * number 0, so that every list that is imported takes its place for good. Nothing is downloaded.
 */
export function makeBannedList(state: string, progress: Progress): Promise<unknown> {
  return progress.step('list of banned passwords', async () => {
    if (trustedPublishers(state).length > 0) return already;
    const folder = bannedPasswordsFolder(state);
    const has = existsSync(bannedListIn(folder)) ? allPublishers(state).map(({ name }) => name) : [];
    if (has.includes(OWN)) return already;
    const plain = plainListFile(state);
    const own = existsSync(plain) && !readFileSync(plain, 'utf8').startsWith(madeHere);
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    const words = dictionary['passwords-common'];
    const name = own ? OWN : `${BUILT_IN}${createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 16)}`;
    if (has.includes(name)) return already;
    const signer = generateSigner(name, SIGNATURE);
    ownedFolder(folder, undefined, 0o755);
    const spellings = own
      ? listedSpellings(createReadStream(plain), { lines: 0, left: 0 })
      : words.flatMap((word) => listedSpelling(word) ?? []);
    const { entries } = await buildBannedList(spellings, bannedListIn(folder), { signer, number: 0, made: new Date() });
    // After a crash before this the key beside the list is another, and the next start makes both again.
    ownedFile(publishersIn(folder), `${printVerifierKey(signer.verifier)}\n`, undefined, 0o644);
    return `${entries} entries`;
  });
}
