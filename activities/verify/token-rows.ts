import { createHash } from 'node:crypto';
import type { Json } from '#evidence/jcs.ts';
import type { CodeSettings } from '#domain/token.ts';
import { decryptSecret } from './factor-secret.ts';
import type { VerifierKeys } from './keys.ts';
import { isOurRow } from './row-signature.ts';

/** What a token's signature covers: all that does not change with its use. */
export interface TokenRow extends CodeSettings {
  id: string;
  manufacturer: string;
  serial: string;
  secret: Uint8Array;
  keyId: string;
  importId: string;
  expiresAt: Date | null;
}

export interface AssignmentRow {
  id: string;
  tokenId: string;
  accountGuid: string;
  assignedAt: Date;
  assignedBy: string;
}

export interface ImportRow {
  id: string;
  format: string;
  openedBy: string;
  sha256: string;
  broughtBy: string;
  broughtAt: Date;
  expiresAt: Date;
}

/** In the place of an account, where a seed is bound to what it belongs to: a token's seed is the same whoever holds it. */
export const SEED_OF = 'token';
export const FILE_OF = 'token-import';

export function tokenBody(row: TokenRow): Json {
  return {
    v: 1,
    kind: 'row/token',
    id: row.id,
    manufacturer: row.manufacturer,
    serial: row.serial,
    algorithm: row.algorithm,
    digits: row.digits,
    period: row.period,
    secret: createHash('sha256').update(row.secret).digest('hex'),
    key: row.keyId,
    import: row.importId,
    expires: row.expiresAt?.toISOString() ?? null,
  };
}

export function assignmentBody({ id, tokenId, accountGuid, assignedAt, assignedBy }: AssignmentRow): Json {
  return { v: 1, kind: 'row/token-assignment', id, token: tokenId, account: accountGuid, at: assignedAt.toISOString(), by: assignedBy };
}

export function importBody({ id, format, openedBy, sha256, broughtBy, broughtAt, expiresAt }: ImportRow): Json {
  const times = { at: broughtAt.toISOString(), expires: expiresAt.toISOString() };
  return { v: 1, kind: 'row/token-import', id, format, opened_by: openedBy, sha256, by: broughtBy, ...times };
}

/** The seed of a token that this verifier took in, or undefined: a row written or changed by hand has none. */
export function seedOf(keys: VerifierKeys, row: TokenRow & { signature: Uint8Array }): Uint8Array | undefined {
  return isOurRow(keys, tokenBody(row), row.signature) ? decryptSecret(keys, { ...row, accountGuid: SEED_OF }) : undefined;
}

/** What no edited row brings back: an assignment that ended, a code that was used. */
export const endOf = (assignment: string): string => `token-assignment:${assignment}`;
export const useOf = (token: string, moving: number): string => `token:${token}:${moving}`;
