import { timingSafeEqual } from 'node:crypto';
import { normaliseCode, SELECTOR_SYMBOLS } from '#domain/codes.ts';
import { campaignEnd } from '#domain/campaign.ts';
import type { Shown } from '#domain/ladder.ts';
import type { ProofMethod } from '#domain/next.ts';
import type { Transaction } from '#db';
import type { Passed } from './check-totp.ts';
import { hashCode, newSalt } from './code-hash.ts';
import { NOBODY, type VerifierDeps } from './deps.ts';
import { isBurned } from './once.ts';
import { codeBody, isOurRow, type CodeRow } from './row-signature.ts';

/** How a proof's code is called in its table. The ticket of a letter is no proof: no reset asks for its kind. */
export const CODE_KINDS = {
  'recovery-code': 'recovery',
  'issued-code': 'issued',
  'enrolment-ticket': 'enrolment',
} as const satisfies Partial<Record<ProofMethod | Shown, string>>;
export type ProofCode = keyof typeof CODE_KINDS;

const dummySalt = newSalt();

/**
 * Checks a recovery or issued code, or the ticket of a letter, of an account within the caller's transaction and burns it before it is honoured:
 * each is good for one use, an issued one until its expiry by the database's clock. Without a row for the selector one
 * hash is computed all the same. `account` undefined runs the same statements for nobody and fails.
 */
export async function checkCode(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  account: string | undefined,
  method: ProofCode,
  typed: string | undefined,
): Promise<Passed | undefined> {
  const code = normaliseCode(typed ?? '') ?? '';
  const rows = await tx.$queryRaw<(CodeRow & { signature: Uint8Array })[]>`
    SELECT id, account_guid AS "accountGuid", kind, selector, salt, hash, issuer_guid AS "issuerGuid", expires_at AS "expiresAt", campaign_id AS "campaignId", signature
    FROM code
    WHERE account_guid = ${account ?? NOBODY}::uuid AND kind = ${CODE_KINDS[method]} AND selector = ${code.slice(0, SELECTOR_SYMBOLS)}
      AND used_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
    ORDER BY id LIMIT 4 FOR UPDATE`;
  if (rows.length === 0) {
    await hashCode(deps.keys, code, dummySalt);
    return undefined;
  }
  let hit: CodeRow | undefined;
  for (const row of rows) {
    const matches = timingSafeEqual(await hashCode(deps.keys, code, row.salt), expectedHash(row));
    if (matches && code !== '' && isOurRow(deps.keys, codeBody(row), row.signature)) hit ??= row;
  }
  if (!hit) return undefined;
  const consumed = codeUsed(hit.id);
  if (await isBurned(tx, consumed)) return undefined;
  if (hit.campaignId && (await isBurned(tx, campaignEnd(hit.campaignId)))) return undefined;
  const burned = await tx.$executeRaw`UPDATE code SET used_at = clock_timestamp() WHERE id = ${hit.id}::uuid AND used_at IS NULL`;
  return burned === 1 ? { credential: hit.id, consumed, issuer: hit.issuerGuid, campaign: hit.campaignId ?? null } : undefined;
}

/** What is burned with a code, also when another takes its place. */
export const codeUsed = (id: string): string => `code:${id}`;

/** A hash of another length was not written by us; it is compared as zeros and matches nothing. */
function expectedHash(row: CodeRow): Uint8Array {
  return row.hash.length === 32 ? row.hash : new Uint8Array(32);
}
