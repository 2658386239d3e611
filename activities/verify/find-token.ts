import type { Transaction } from '#db';
import type { RefusalCode } from '#domain/refusals.ts';
import type { VerifierDeps } from './deps.ts';
import { isOurRow } from './row-signature.ts';
import { tokenBody, type AssignmentRow, type TokenRow } from './token-rows.ts';

export interface FoundToken {
  row: TokenRow & { signature: Uint8Array; state: string; counter: bigint; drift: number };
  /** Who holds it, as the row says: its signature is not checked yet. */
  assignment: (AssignmentRow & { signature: Uint8Array }) | undefined;
}

/** The token of a serial number, locked until the transaction ends; a row that the verifier did not make is none. */
export async function findToken(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  { serial, manufacturer }: { serial: string; manufacturer?: string | undefined },
): Promise<FoundToken | { refusal: RefusalCode }> {
  const rows = await tx.$queryRaw<FoundToken['row'][]>`
    SELECT id, manufacturer, serial, algorithm, digits, period, secret, key_id AS "keyId", import_id AS "importId", expires_at AS "expiresAt",
      signature, state, counter, drift
    FROM token WHERE serial = ${serial} ORDER BY manufacturer FOR UPDATE`;
  const named = rows.filter((row) => manufacturer === undefined || row.manufacturer === manufacturer);
  const [row, ...others] = named.filter((one) => isOurRow(deps.keys, tokenBody(one), one.signature));
  if (!row) return { refusal: 'token-not-found' };
  if (others.length > 0) return { refusal: 'token-several' };
  const assignment = await tx.tokenAssignment.findFirst({ where: { tokenId: row.id, endedAt: null } });
  return { row, assignment: assignment ?? undefined };
}
