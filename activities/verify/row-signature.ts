import { createHash } from 'node:crypto';
import { openStatement, signStatement } from '#evidence/attestation.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import type { VerifierKeys } from './keys.ts';

/** The parts of an authenticator's row that its signature covers; counters change, these never do. */
export interface TotpRow {
  id: string;
  accountGuid: string;
  secret: Uint8Array;
  keyId: string;
  algorithm: string;
  digits: number;
  period: number;
  /** Null for what the operator enrolled; those rows were signed without binding and time. */
  binding: string | null;
  enrolledAt: Date;
}

export interface CodeRow {
  id: string;
  accountGuid: string;
  kind: string;
  selector: string;
  salt: Uint8Array;
  hash: Uint8Array;
  issuerGuid: string | null;
  expiresAt: Date | null;
  /** Of the ticket on the letter of a campaign. */
  campaignId?: string | null;
}

/** What the verifier signs when it enrols: a row that somebody wrote or moved by hand has no such signature and counts for nothing. */
export function totpBody(row: TotpRow): Json {
  const secret = createHash('sha256').update(row.secret).digest('hex');
  const body = {
    kind: 'row/totp',
    id: row.id,
    account: row.accountGuid,
    secret,
    key: row.keyId,
    algorithm: row.algorithm,
    digits: row.digits,
    period: row.period,
  };
  return row.binding === null ? { v: 1, ...body } : { v: 2, ...body, binding: row.binding, enrolled: row.enrolledAt.toISOString() };
}

export function codeBody(row: CodeRow): Json {
  const hash = createHash('sha256').update(row.salt).update(row.hash).digest('hex');
  const body = {
    kind: 'row/code',
    id: row.id,
    account: row.accountGuid,
    code: row.kind,
    selector: row.selector,
    hash,
    issuer: row.issuerGuid,
    expires: row.expiresAt?.toISOString() ?? null,
  };
  return row.campaignId ? { v: 2, ...body, campaign: row.campaignId } : { v: 1, ...body };
}

export function signRow(keys: VerifierKeys, body: Json): Uint8Array<ArrayBuffer> {
  return new Uint8Array(signStatement(body, keys.signing).signature);
}

/** Whether the verifier itself made this row. */
export function isOurRow(keys: VerifierKeys, body: Json, signature: Uint8Array): boolean {
  return openStatement(canonical(body), signature, keys.checking) !== undefined;
}
