import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readSecretLine } from '#config';
import { openDatabase } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';
import { passkeyBody } from '#domain/passkey.ts';
import { canonical } from '#evidence/jcs.ts';
import { readPasskey } from '#prisma/signed-record.ts';
import { passkeyFacts } from '#prisma/passkeys.ts';
import { findAccount } from '#activities/directory/find-account.ts';
import { openReader } from './policy/operators-view.ts';
import { Sentence } from './sentence.ts';
import { ownerUrlFile } from './setup/database-roles.ts';
import { verifierKeyCopy } from './setup/log-keys.ts';
import { pin, pinnedPublishers } from './setup/publishers.ts';
import { thisOperator } from './this-operator.ts';

export interface PinnedKey {
  account: string;
  name: string;
  /** SHA-256 of its SubjectPublicKeyInfo, hexadecimal. */
  spki: string;
}

/**
 * Pins every key that an administrator has registered, so that verifier and writers take their signature under a policy. Run by
 * the operator with the administrator present, who compares the fingerprints. Only keys that the verifier enrolled count.
 */
export async function pinPublisher(state: string, typedName: string): Promise<PinnedKey[]> {
  const account = await guidOf(state, typedName);
  const database = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
  try {
    const verifierKey = createPublicKey(readFileSync(verifierKeyCopy(state)));
    const rows = await database.passkey.findMany({
      where: { accountGuid: account, disabledAt: null, backupEligible: false },
      orderBy: { enrolledAt: 'asc' },
    });
    const keys = rows
      .filter((row) => readPasskey(canonical(passkeyBody(passkeyFacts(row))), row.signature, verifierKey))
      .map((row) => ({ account, name: row.name, spki: createHash('sha256').update(row.spki).digest('hex') }));
    if (keys.length === 0)
      throw new Sentence(
        'This person has no security key yet. They register one in the console, under Security keys; then run this again.',
      );
    const { policies, publishers } = pinnedPublishers(state);
    const others = publishers.filter((one) => one.account !== account);
    // The leaf first: after a crash in between, the log says what was about to be believed, and the command is run again.
    await database.$transaction((tx) =>
      appendLeaf(
        tx,
        { type: 'key.added', outcome: 'success', actor: thisOperator(), do: { publisher: account, keys: keys.map(({ spki }) => spki) } },
        'ops',
      ),
    );
    pin(state, { policies, publishers: [...others, ...keys.map(({ spki }) => ({ account, spki }))] });
    return keys;
  } finally {
    await database.$disconnect();
  }
}

async function guidOf(state: string, typedName: string): Promise<string> {
  const reader = openReader(state);
  try {
    const found = await findAccount(reader, typedName);
    if (!found) throw new Sentence(`The directory knows no account ${typedName}.`);
    return found.guid;
  } finally {
    await reader.close();
  }
}
