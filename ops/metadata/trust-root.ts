import { metadataTextIn } from '#activities/fido-metadata.ts';
import type { Database } from '#db';
import type { Certificate } from '#evidence/certificate.ts';
import { readMetadata } from '#evidence/fido-metadata.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { giveMetadata, metadataFolder } from '../setup/fido-metadata.ts';
import { thisOperator } from '../this-operator.ts';

/**
 * Lets lists count that were signed under these roots, in place of whatever counted before; no root is built in. Answers whether
 * a list that was taken before still holds: otherwise one has to be brought again.
 */
export async function trustRoot(
  state: string,
  db: Database,
  roots: { pem: string; certificates: readonly Certificate[] },
): Promise<boolean> {
  const before = metadataTextIn(metadataFolder(state, 'verifier'));
  const blob = before?.blob;
  const holds = blob !== undefined && isHeld(() => readMetadata(blob, roots.certificates, new Date(before?.broughtAt ?? 0)));
  // The leaf first: after a crash behind it the log says what was meant, and the command is run again.
  const metadataRoots = roots.certificates.map(({ sha256 }) => sha256);
  await db.$transaction((tx) =>
    appendLeaf(tx, { type: 'key.added', outcome: 'success', actor: thisOperator(), do: { metadataRoots } }, 'ops'),
  );
  const kept = holds && before ? { blob, broughtAt: before.broughtAt } : { broughtAt: new Date().toISOString() };
  giveMetadata(state, { roots: roots.pem, ...kept });
  return holds;
}

function isHeld(reading: () => unknown): boolean {
  try {
    reading();
    return true;
  } catch {
    return false;
  }
}
