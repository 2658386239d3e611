import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { bannedListFrom, bannedListIn, publishersIn, type BannedList } from '#api/banned-list.ts';
import { generateSigner, type Signer } from '#evidence/signer-key.ts';
import { printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { buildBannedList } from '#ops/banned-passwords/build-list.ts';

/** So many spellings, none of which is a password that anybody would choose. */
export function* generatedSpellings(count: number): Generator<string> {
  for (let at = 0; at < count; at++) yield `entry ${at}`;
}

export interface ListFolder {
  folder: string;
  signer: Signer;
  /** Puts a list of these in the place of the one before. */
  put: (spellings: Iterable<string>, more?: { number?: number; made?: Date }) => Promise<void>;
  list: () => Promise<BannedList>;
}

/** A folder as the API has it, with a publisher of its own. Gone when the file's tests have ended. */
export function listFolder(): ListFolder {
  const folder = mkdtempSync(join(tmpdir(), 'banned-passwords-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const signer = generateSigner('example.bank/banned-passwords', SIGNATURE);
  writeFileSync(publishersIn(folder), `${printVerifierKey(signer.verifier)}\n`);
  return {
    folder,
    signer,
    put: async (spellings, { number = 1, made = new Date() } = {}) =>
      void (await buildBannedList(spellings, bannedListIn(folder), { signer, number, made })),
    list: bannedListFrom(folder),
  };
}
