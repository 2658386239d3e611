import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { SignedRecord } from '#domain/attestation.ts';
import { BINDINGS, SYNCED_PASSKEYS, type PasskeyFacts } from '#domain/passkey.ts';
import { openStatement } from '#evidence/attestation.ts';
import { whyNotSigned, type RelyingParty, type StatementFault } from '#evidence/signed-statement.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = z.iso.datetime();

/** Exactly passkeyBody in domain/passkey.ts. */
const passkey = z.strictObject({
  v: z.literal(1),
  kind: z.literal('row/passkey'),
  id: guid,
  account: guid,
  credential: z.string(),
  spki: z.string(),
  algorithm: z.int(),
  aaguid: z.string(),
  synced: z.boolean(),
  rp: z.string(),
  transports: z.array(z.string()),
  binding: z.enum(BINDINGS),
  enrolled: time,
});

/** What the verifier signed of a passkey when it was enrolled; undefined when it did not. */
export function readPasskey(text: string, signature: Uint8Array, verifierKey: KeyObject): PasskeyFacts | undefined {
  const parsed = passkey.safeParse(openStatement(text, signature, verifierKey));
  return parsed.success ? parsed.data : undefined;
}

const bytes = (base64url: string): Buffer => Buffer.from(base64url, 'base64url');

/** The key that a record was signed with, as the verifier enrolled it; undefined when it did not. */
export function keyOfRecord({ passkey: { text, signature } }: SignedRecord, verifierKey: KeyObject): PasskeyFacts | undefined {
  return readPasskey(text, bytes(signature), verifierKey);
}

/** Why what a record holds was not signed for this purpose with this key on such a page, or undefined when it was. */
export function recordFault(tag: string, record: SignedRecord, key: PasskeyFacts, party: RelyingParty): StatementFault | undefined {
  const { text, clientDataJSON, authenticatorData, signature } = record;
  const signed = {
    text,
    clientDataJSON: bytes(clientDataJSON),
    authenticatorData: bytes(authenticatorData),
    signature: bytes(signature),
  };
  return whyNotSigned(tag, signed, { spki: Buffer.from(key.spki, 'base64'), algorithm: key.algorithm }, party, { synced: SYNCED_PASSKEYS });
}
