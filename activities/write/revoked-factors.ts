import type { KeyObject } from 'node:crypto';
import type { Attestation, FactorPassed } from '#domain/attestation.ts';
import { isKeyKind } from '#domain/key-kinds.ts';
import { endOfPasskey } from '#domain/passkey.ts';
import type { Transaction } from '#db';
import { frozenFactors } from '#prisma/frozen-factors.ts';

/**
 * Ids of the factors, of those that these statements name, that were ended, frozen or given back since. An app's end is read from
 * what the verifier burned, which nobody edits away, and a key's too; a token's from its assignment.
 */
export async function revokedFactors(db: Transaction, attestations: readonly Attestation[], verifierKey: KeyObject): Promise<Set<string>> {
  const factors = attestations.filter((one): one is FactorPassed => one.kind === 'factor');
  const tokens = factors.filter(({ method }) => method === 'hardware-token');
  const ends = factors.flatMap(({ method, credential }) =>
    method === 'totp' ? [`totp-end:${credential}`] : isKeyKind(method) ? [endOfPasskey(credential)] : [],
  );
  // In SQL of our own: of both tables the writer may read just these columns.
  const ended = await db.$queryRaw<{ consumed: string }[]>`SELECT consumed FROM burn WHERE consumed = ANY(${ends})`;
  const frozen = await frozenFactors(
    db,
    factors.filter(({ method }) => method === 'totp' || isKeyKind(method)).map(({ credential }) => credential),
    verifierKey,
  );
  const held = await db.$queryRaw<{ token: string; account: string }[]>`
    SELECT token_id::text AS token, account_guid::text AS account FROM token_assignment
    WHERE token_id = ANY(${tokens.map(({ credential }) => credential)}::uuid[]) AND ended_at IS NULL`;
  const isHeld = ({ credential, account }: FactorPassed) => held.some((one) => one.token === credential && one.account === account);
  return new Set([
    ...frozen.keys(),
    ...ended.map(({ consumed }) => consumed.slice(consumed.indexOf(':') + 1)),
    ...tokens.filter((one) => !isHeld(one)).map(({ credential }) => credential),
  ]);
}
