import { createHash, randomUUID } from 'node:crypto';
import type { PasskeyAnswer, DeedAsked } from '#activities/contract.ts';
import { addStatement, MOST_PASSKEYS, modelBody, PASSKEY_TAG, passkeyBody, type PasskeyFacts } from '#domain/passkey.ts';
import { kindOfKey } from '#domain/key-kinds.ts';
import { climb, type Binding } from '#domain/ladder.ts';
import type { ModelProven } from '#domain/passkey-demands.ts';
import { canonical } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { passkeyFacts } from '#prisma/passkeys.ts';
import { policyInForce } from '#prisma/policies.ts';
import { openCeremony } from './ceremony.ts';
import { checkCodes } from './check-codes.ts';
import type { VerifierDeps } from './deps.ts';
import { factorStanding } from './factor-standing.ts';
import { ONLY } from './issue-code.ts';
import { metadataStanding } from './key-model.ts';
import { databaseTime } from './once.ts';
import { ownDeed, type Confirmed, type Refused } from './own-deed.ts';
import { checkAssertion, passkeysOf, refusalOf } from './passkeys.ts';
import { readRegistration, type NewPasskey } from './read-registration.ts';
import { signRow } from './row-signature.ts';
import type { Typed } from './typed.ts';
import { whyNotAtDoor } from './why-not-at-door.ts';

/**
 * Registers a passkey of somebody signed in to the console or to My factors, when they confirm it: with a key that they have, by a signature
 * over just this key; or with the code of their authenticator and one of their recovery codes, both burned (NIST SP
 * 800-63B-4 §4.1.2: bound at the level at which it will be used). The second way, for somebody who had a key before,
 * replaces factors and is on record as that (`lastFactorChanges`).
 */
export async function registerPasskey(deps: VerifierDeps, { request, account, sealed }: DeedAsked): Promise<PasskeyAnswer> {
  return ownDeed<'passkey', Extract<PasskeyAnswer, { outcome: 'done' }>>(
    deps,
    // Sealed by whoever was signed in: the worker cannot give the key to somebody else.
    { purpose: 'passkey', subject: request, updateId: ONLY, sealed, account },
    { type: 'enrolment.refused', account: { guid: account, sid: null }, do: { what: 'passkey' } },
    async (typed, person) => {
      const why = await whyNotAtDoor(deps, person, typed.door);
      const whose = { account: { guid: account, sid: person?.sid ?? null } };
      const act = async (tx: Transaction) => {
        const made = why ? { refusal: why } : await bind(tx, deps, typed);
        if ('refusal' in made) return made;
        const { facts, key, by } = made;
        const leaf = {
          type: 'authenticator.enrolled' as const,
          ...whose,
          do: {
            passkey: facts.id,
            binding: facts.binding,
            credential: facts.credential,
            spki_sha256: createHash('sha256').update(key.spki).digest('hex'),
            aaguid: facts.aaguid,
            attestation: key.attestation,
            kind: kindOfKey(key.synced),
            model: modelInLeaf(key.proven),
            rp: facts.rp,
            origin: key.origin,
          },
        };
        return { answer: { outcome: 'done' as const, passkey: facts.id }, leaf, by };
      };
      return { about: whose, act };
    },
  );
}

/** By which list of models it was judged, and the certificates by their digests; they stand in what the verifier signed of the key. */
function modelInLeaf(proven: ModelProven | null) {
  if (!proven) return null;
  const chain = proven.chain.map((der) => createHash('sha256').update(Buffer.from(der, 'base64')).digest('hex'));
  return { metadata: proven.metadata.number, metadata_sha256: proven.metadata.sha256, chain };
}

interface Bound {
  key: NewPasskey;
  by: Confirmed;
  facts: PasskeyFacts;
}

async function bind(tx: Transaction, deps: VerifierDeps, typed: Typed<'passkey'>): Promise<Refused | Bound> {
  const { account, name, registration, by } = typed;
  const had = await passkeysOf(tx, deps, account);
  const ceremony = await openCeremony(tx, { ceremony: typed.ceremony, account, purpose: 'passkey/add' });
  if (!ceremony) return { refusal: 'ceremony-over' };
  const at = await databaseTime(tx);
  const { passkeys: demands } = (await policyInForce(tx)).policy;
  const rules = { demands, standing: await metadataStanding(tx, deps), at, door: typed.door };
  const key = await readRegistration(registration, ceremony, deps.relyingParty, rules);
  if ('refusal' in key) return key;
  // Of anybody: a credential id is one key's for ever.
  if (await tx.passkey.findUnique({ where: { credentialId: key.credential }, select: { id: true } })) return { refusal: 'passkey-known' };
  if (had.filter((one) => one.disabledAt === null).length >= MOST_PASSKEYS) return { refusal: 'too-many-passkeys' };

  const touched = kindOfKey(key.synced);
  if ('assertion' in by) {
    const digest = createHash('sha256').update(Buffer.from(registration.attestationObject, 'base64url')).digest('hex');
    const text = canonical(addStatement(ceremony, { credential: key.credential, registration: digest, name }));
    const asserted = await checkAssertion(tx, deps, had, { tag: PASSKEY_TAG, text, assertion: by.assertion, from: typed.source });
    if ('fault' in asserted) return { refusal: refusalOf(asserted.fault), fault: asserted.fault };
    const { holds, everHeld } = await factorStanding(tx, deps, account);
    const binding = climb({ by: 'passkey', deed: 'enrol', touched, holds, everHeld });
    if (binding === 'too-weak') return { refusal: 'factor-too-weak' };
    const confirmed: Confirmed = { method: 'passkey', credential: asserted.passkey.id, consumed: ceremony.consumed };
    return { key, by: confirmed, facts: await store(tx, deps, { account, name, key, binding }) };
  }
  const codes = await checkCodes(tx, deps, account, by);
  if (!codes.passed) return { refusal: 'codes-not-accepted', consumed: codes.consumed };
  const consumed = [ceremony.consumed, ...codes.consumed];
  const confirmed: Confirmed = { method: 'totp recovery-code', credential: codes.credential, consumed };
  const { holds, everHeld } = await factorStanding(tx, deps, account);
  const binding = climb({ by: 'codes', deed: 'enrol', touched, holds, everHeld });
  if (binding === 'too-weak') return { refusal: 'factor-too-weak', consumed: codes.consumed };
  return { key, by: confirmed, facts: await store(tx, deps, { account, name, key, binding }) };
}

async function store(
  tx: Transaction,
  deps: VerifierDeps,
  { account, name, key, binding }: { account: string; name: string; key: NewPasskey; binding: Binding },
) {
  const row = {
    id: randomUUID(),
    accountGuid: account,
    credentialId: key.credential,
    spki: new Uint8Array(key.spki),
    algorithm: key.algorithm,
    aaguid: key.aaguid,
    backupEligible: key.synced,
    rpId: deps.relyingParty.id,
    transports: key.transports,
    name,
    binding,
    model: key.proven === null ? null : canonical(modelBody(key.proven)),
    enrolledAt: await databaseTime(tx),
  };
  const facts = passkeyFacts(row);
  await tx.passkey.create({
    data: { ...row, counter: key.counter, signature: signRow(deps.keys, passkeyBody(facts)) },
    select: { id: true },
  });
  return facts;
}
