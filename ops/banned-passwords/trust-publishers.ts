import { Malformed } from '#evidence/malformed.ts';
import { parseVerifierKey, printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import type { Database } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';
import { Sentence } from '../sentence.ts';
import { givePublishers } from '../setup/banned-list.ts';
import { thisOperator } from '../this-operator.ts';

/** Lets lists of banned passwords count that these keys signed, in place of whatever counted before. Throws a Sentence when one is no key. */
export async function trustPublishers(state: string, db: Database, written: readonly string[]): Promise<void> {
  const keys = written.map((text) => {
    try {
      const key = parseVerifierKey(text.trim());
      if (key.type !== SIGNATURE) throw new Malformed('the key is one of a witness');
      return key;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new Sentence(
        `This is no key of a publisher: ${error.message}. The publisher reads it from: countersign ceremony banned-passwords`,
      );
    }
  });
  // The leaf first: after a crash behind it the log says what was meant, and the command is run again.
  const bannedListPublishers = keys.map(printVerifierKey);
  await db.$transaction((tx) =>
    appendLeaf(tx, { type: 'key.added', outcome: 'success', actor: thisOperator(), do: { bannedListPublishers } }, 'ops'),
  );
  givePublishers(state, keys);
}
