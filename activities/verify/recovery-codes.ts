import { randomUUID } from 'node:crypto';
import { normaliseCode, RECOVERY_CODE_SYMBOLS, SELECTOR_SYMBOLS } from '#domain/codes.ts';
import type { Transaction } from '#db';
import { CODE_KINDS } from './check-code.ts';
import { hashCode, newSalt, retireCodes } from './code-hash.ts';
import type { VerifierDeps } from './deps.ts';
import { codeBody, signRow, type CodeRow } from './row-signature.ts';

/** The rows of a set of recovery codes, or undefined when one of them is none or stands there twice: half a set would leave a person with printed codes that do not work. */
export async function recoveryRows(
  deps: Pick<VerifierDeps, 'keys'>,
  accountGuid: string,
  codes: readonly string[],
): Promise<CodeRow[] | undefined> {
  const bare = codes.map((code) => normaliseCode(code, RECOVERY_CODE_SYMBOLS));
  if (bare.some((code) => code === undefined) || new Set(bare).size !== bare.length) return undefined;
  return Promise.all(
    bare.map(async (code = ''): Promise<CodeRow> => {
      const salt = newSalt();
      return {
        id: randomUUID(),
        accountGuid,
        kind: CODE_KINDS['recovery-code'],
        selector: code.slice(0, SELECTOR_SYMBOLS),
        salt,
        hash: await hashCode(deps.keys, code, salt),
        issuerGuid: null,
        expiresAt: null,
      };
    }),
  );
}

/** NIST SP 800-63B-4 §4.2.1.1: a new set of recovery codes makes the old one worthless. */
export async function replaceRecovery(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  accountGuid: string,
  rows: readonly CodeRow[],
): Promise<void> {
  await retireCodes(tx, accountGuid, CODE_KINDS['recovery-code']);
  await tx.code.createMany({
    data: rows.map((row) => ({
      ...row,
      salt: new Uint8Array(row.salt),
      hash: new Uint8Array(row.hash),
      checked: [],
      signature: signRow(deps.keys, codeBody(row)),
    })),
  });
}
