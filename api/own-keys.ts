import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Database } from '#db';
import { generateRegistrationOptions } from '@simplewebauthn/server';
import { CEREMONY_SECONDS, ceremonySeconds, createStatement, PASSKEY_TAG, type Ceremony } from '#domain/passkey.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { ALGORITHMS, challengeOf } from '#evidence/signed-statement.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { confirmation } from './passkey-shapes.ts';

/** The keys that one person signs with, as a browser finds them again: none that can be copied, which counts in a reset and nowhere else. */
export function ownKeys(db: Database, account: string) {
  return db.passkey.findMany({
    where: { accountGuid: account, disabledAt: null, backupEligible: false },
    orderBy: { enrolledAt: 'asc' },
    select: { id: true, name: true, credentialId: true, transports: true, enrolledAt: true },
  });
}

export function confirmationWith(relyingParty: { id: string }, keys: Awaited<ReturnType<typeof ownKeys>>): z.infer<typeof confirmation> {
  return {
    rpId: relyingParty.id,
    timeout: CEREMONY_SECONDS * 1000,
    userVerification: 'required',
    allowCredentials: keys.map(({ credentialId, transports }) => ({ type: 'public-key', id: credentialId, transports })),
  };
}

/** Opens a ceremony; the database gives its time. */
export async function beginCeremony(db: Database, account: string, purpose: string): Promise<Ceremony> {
  const { id, createdAt } = await db.ceremony.create({ data: { id: randomUUID(), accountGuid: account, purpose } });
  return { ceremony: id, account, notAfter: new Date(createdAt.getTime() + ceremonySeconds(purpose) * 1000).toISOString() };
}

/** So young a ceremony of a reset is used again: whoever loads a page again and again opens no more than one in three minutes. */
const REUSED_MS = 180_000;

/** The ceremony of this reset that is young still, or a new one. */
export async function openedCeremony(db: Database, reset: string, purpose: string): Promise<Ceremony> {
  const young = { accountGuid: reset, purpose, createdAt: { gt: new Date(Date.now() - REUSED_MS) } };
  const row = await db.ceremony.findFirst({ where: young, orderBy: { createdAt: 'desc' } });
  if (!row) return beginCeremony(db, reset, purpose);
  return { ceremony: row.id, account: reset, notAfter: new Date(row.createdAt.getTime() + ceremonySeconds(purpose) * 1000).toISOString() };
}

/** What a page without a library asks a key: the browser finds the key itself, so nothing here tells which an account has. */
export interface KeyChallenge {
  ceremony: string;
  /** Base64url. */
  challenge: string;
  rpId: string;
  /** Milliseconds. */
  timeout: number;
}

/** What a key answered, as activities/verify/typed.ts takes it; base64url. */
export interface KeyAnswer {
  ceremony: string;
  assertion: { credential: string; clientDataJSON: string; authenticatorData: string; signature: string };
}

export function challengeFor(relyingParty: { id: string }, { ceremony }: Ceremony, tag: string, statement: Json): KeyChallenge {
  const challenge = challengeOf(tag, canonical(statement)).toString('base64url');
  return { ceremony, challenge, rpId: relyingParty.id, timeout: CEREMONY_SECONDS * 1000 };
}

/** What a browser is asked to make a new key by (PublicKeyCredentialCreationOptionsJSON). `resident`: whether the key has to be found again without being told which. */
export async function creationFor(
  { db, hash, relyingParty }: { db: Database; hash: KeyedHash; relyingParty: { id: string } },
  { ceremony, name, resident }: { ceremony: Ceremony; name: string; resident: 'required' | 'preferred' },
) {
  const held = await db.passkey.findMany({
    where: { accountGuid: ceremony.account, disabledAt: null },
    select: { credentialId: true, transports: true },
  });
  const { attestation } = (await policyInForce(db)).policy.passkeys;
  return generateRegistrationOptions({
    rpName: 'Countersign',
    rpID: relyingParty.id,
    userName: name,
    userDisplayName: name,
    // Not the account itself: a key shows its user handle to whoever holds it (WebAuthn Level 3 §14.6.1).
    userID: new Uint8Array(hash('passkey-user', ceremony.account)),
    challenge: new Uint8Array(challengeOf(PASSKEY_TAG, canonical(createStatement(ceremony)))),
    timeout: CEREMONY_SECONDS * 1000,
    // A browser asks its user before it tells a site the model.
    attestationType: attestation === 'required' ? 'direct' : 'none',
    excludeCredentials: held.map(({ credentialId, transports }) => ({ id: credentialId, transports })) as never, // any transport that a browser once named
    // The portal does not say whose keys it asks for, so a key has to keep this; its owner must be known to it.
    authenticatorSelection: { residentKey: resident, userVerification: 'required' },
    supportedAlgorithmIDs: [...ALGORITHMS],
  });
}
