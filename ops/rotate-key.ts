import { existsSync, readFileSync } from 'node:fs';
import { readSecretLine } from '#config';
import { openRotation, signRotation } from '#evidence/key-rotation.ts';
import { Malformed } from '#evidence/malformed.ts';
import { generateSigner, parseSigner, printSigner } from '#evidence/signer-key.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { Sentence } from './sentence.ts';
import { ownerUrlFile } from './setup/database-roles.ts';
import { ownedFile } from './setup/owned-files.ts';
import { nextKeyFile, rotationFile } from './setup/rotated-keys.ts';
import { thisOperator } from './this-operator.ts';

export type KeyRole = 'log' | 'witness' | 'export';

/**
 * Prepares the next key beside a key file of this machine, and leaves the leaf that both have signed. `takeOver` then puts
 * it in place. Answers the new verifier key. Run again after a crash, it goes on with the key that was made.
 */
export async function prepareRotation(state: string, role: KeyRole, file: string): Promise<string> {
  if (!existsSync(file)) throw new Sentence(`${file} is not there. Run npm start once, and this as the same user.`);
  const old = parseSigner(readSecretLine(file));
  const next = nextKeyFile(file);
  if (!existsSync(next)) ownedFile(next, printSigner(generateSigner(old.verifier.name, old.verifier.type)));
  const fresh = parseSigner(readFileSync(next, 'utf8'));
  const note = signRotation(old, fresh, BigInt(Math.floor(Date.now() / 1000)));
  // A crash before the leaf leaves a key that nothing takes up.
  await recordRotation(state, role, note);
  // A crash before this file: the leaf is there, the old key goes on, and the next call finds the leaf.
  ownedFile(rotationFile(file), note);
  return printVerifierKey(fresh.verifier);
}

/**
 * Leaves the leaf `key.rotated` of a rotation that both keys have signed, here or at a ceremony elsewhere; once for a new
 * key. Throws a sentence when the note is not one, or is not signed by both.
 */
export async function recordRotation(state: string, role: KeyRole, note: string): Promise<void> {
  const { old, fresh } = opened(note);
  const [before, after] = [printVerifierKey(old), printVerifierKey(fresh)];
  const { openDatabase } = await import('#db');
  const database = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
  try {
    await database.$transaction(async (tx) => {
      const leaves = await tx.leaf.findMany({ where: { type: 'key.rotated' }, select: { body: true } });
      if (leaves.some(({ body }) => (JSON.parse(body) as { do?: { new?: string } }).do?.new === after)) return;
      const actor = thisOperator();
      await appendLeaf(tx, { type: 'key.rotated', outcome: 'success', actor, do: { role, old: before, new: after, note } }, 'ops');
    });
  } finally {
    await database.$disconnect();
  }
}

function opened(note: string) {
  try {
    return openRotation(note);
  } catch (error) {
    if (error instanceof Malformed) throw new Sentence(`This is no rotation that both keys have signed: ${error.message}.`);
    throw error;
  }
}
