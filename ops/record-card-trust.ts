import { readSecretLine } from '#config';
import { openDatabase } from '#db';
import type { Certificate } from '#evidence/certificate.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { ownerUrlFile } from './setup/database-roles.ts';
import { thisOperator } from './this-operator.ts';

/** Says in the log whose cards are about to count. After a crash behind it the log says what was meant, and the command is run again. */
export async function recordCardTrust(
  state: string,
  { roots, issuers, purposes }: { roots: readonly Certificate[]; issuers: readonly Certificate[]; purposes: readonly string[] },
): Promise<void> {
  const prints = (all: readonly Certificate[]) => all.map(({ sha256 }) => sha256);
  const database = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
  try {
    await database.$transaction((tx) =>
      appendLeaf(
        tx,
        {
          type: 'key.added',
          outcome: 'success',
          actor: thisOperator(),
          do: { cardRoots: prints(roots), cardIssuers: prints(issuers), purposes: [...purposes] },
        },
        'ops',
      ),
    );
  } finally {
    await database.$disconnect();
  }
}
