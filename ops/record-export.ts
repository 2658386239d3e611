import { existsSync } from 'node:fs';
import { readSecretLine } from '#config';
import { openDatabase } from '#db';
import type { Json } from '#evidence/jcs.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { Sentence } from './sentence.ts';
import { ownerUrlFile } from './setup/database-roles.ts';
import { thisOperator } from './this-operator.ts';

/** Writes the leaf that says what this operator is about to take out of the evidence. Throws a sentence where Countersign is not set up or its database is away. */
export async function recordExport(state: string, facts: Record<string, Json>): Promise<void> {
  const file = ownerUrlFile(state);
  if (!existsSync(file))
    throw new Sentence(
      `${file} is not there, so it cannot be recorded that evidence is exported. Run this where Countersign is set up, as the same user.`,
    );
  const owner = openDatabase(readSecretLine(file), 1);
  const actor = thisOperator();
  try {
    await owner.$transaction((tx) => appendLeaf(tx, { type: 'audit.read', outcome: 'success', actor, do: facts }, 'ops'));
  } catch (error) {
    // Messages of drivers quote what they were given.
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new Sentence(`The export could not be recorded${code}, so nothing was handed out. Look with countersign doctor, and ask again.`);
  } finally {
    await owner.$disconnect();
  }
}
