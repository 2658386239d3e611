import { createHash, randomUUID } from 'node:crypto';
import type { PasskeyAnswer, DeedAsked } from '#activities/contract.ts';
import { addStatement, MOST_PASSKEYS, PASSKEY_TAG, passkeyBody } from '#domain/passkey.ts';
import { climb, type Binding } from '#domain/ladder.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { canonical } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { recordLeaf } from '#activities/record-leaf.ts';
import { passkeyFacts } from '#prisma/passkeys.ts';
import type { Auth } from '#prisma/leaves.ts';
import { openCeremony } from './ceremony.ts';
import { checkCodes } from './check-codes.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { factorStanding } from './factor-standing.ts';
import { ONLY } from './issue-code.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { checkAssertion, passkeysOf, refusalOf } from './passkeys.ts';
import { readRegistration, type NewPasskey } from './read-registration.ts';
import { signRow } from './row-signature.ts';
import { fromWhere, type Typed } from './typed.ts';
import { whyNotAtConsole } from './why-not-at-console.ts';

/**
 * Registers a passkey of somebody signed in to the console, when they confirm it: with a key that they have, by a signature
 * over just this key; or with the code of their authenticator and one of their recovery codes, both burned (NIST SP
 * 800-63B-4 §4.1.2: bound at the level at which it will be used). The second way, for somebody who had a key before,
 * replaces factors and is on record as that (`lastFactorChanges`).
 */
export async function registerPasskey(deps: VerifierDeps, asked: DeedAsked): Promise<PasskeyAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<PasskeyAnswer>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'passkey', asked.sealed, asked.request);
  // Sealed by whoever was signed in: the worker cannot give the key to somebody else.
  const typed = opened?.account === asked.account ? opened : undefined;
  const person = await deps.people.read(asked.account);
  const whyNot = typed ? await whyNotAtConsole(deps, person) : 'service-unavailable';

  return once<PasskeyAnswer>(deps, attempt, async (tx) => {
    const made = whyNot || !typed ? { refusal: whyNot ?? 'service-unavailable' } : await bind(tx, deps, typed);
    const actor = { type: 'person', guid: asked.account, sid: person?.sid ?? null } as const;
    const account = { guid: asked.account, sid: person?.sid ?? null };
    if ('refusal' in made) {
      const { refusal: reason, fault } = made;
      const facts = { what: 'passkey', fault: fault ?? null };
      await recordLeaf(
        tx,
        { type: 'enrolment.refused', outcome: 'denied', actor, account, reason, do: facts, ...fromWhere(typed) },
        VERIFIER,
      );
      return { outcome: { outcome: 'refused', code: reason }, consumed: made.consumed };
    }
    const { facts, auth, consumed, key } = made;
    await recordLeaf(
      tx,
      {
        type: 'authenticator.enrolled',
        outcome: 'success',
        actor: { ...actor, auth },
        account,
        do: {
          passkey: facts.id,
          binding: facts.binding,
          credential: facts.credential,
          spki_sha256: createHash('sha256').update(key.spki).digest('hex'),
          aaguid: facts.aaguid,
          attestation: key.attestation,
          rp: facts.rp,
          origin: key.origin,
        },
        ...fromWhere(typed),
      },
      VERIFIER,
    );
    return { outcome: { outcome: 'done', passkey: facts.id }, consumed };
  });
}

type Refused = { refusal: RefusalCode; fault?: string; consumed?: string[] };

async function bind(tx: Transaction, deps: VerifierDeps, typed: Typed<'passkey'>) {
  const { account, name, registration, by } = typed;
  const had = await passkeysOf(tx, deps, account);
  const ceremony = await openCeremony(tx, { ceremony: typed.ceremony, account, purpose: 'passkey/add' });
  if (!ceremony) return { refusal: 'ceremony-over' } satisfies Refused;
  const key = await readRegistration(registration, ceremony, deps.relyingParty);
  if (typeof key === 'string') return { refusal: key } satisfies Refused;
  // Of anybody: a credential id is one key's for ever.
  if (await tx.passkey.findUnique({ where: { credentialId: key.credential }, select: { id: true } }))
    return { refusal: 'passkey-known' } satisfies Refused;
  if (had.filter((one) => one.disabledAt === null).length >= MOST_PASSKEYS) return { refusal: 'too-many-passkeys' } satisfies Refused;

  if ('assertion' in by) {
    const digest = createHash('sha256').update(Buffer.from(registration.attestationObject, 'base64url')).digest('hex');
    const text = canonical(addStatement(ceremony, { credential: key.credential, registration: digest, name }));
    const asserted = await checkAssertion(tx, deps, had, { tag: PASSKEY_TAG, text, assertion: by.assertion });
    if ('fault' in asserted) return { refusal: refusalOf(asserted.fault), fault: asserted.fault } satisfies Refused;
    const { holds, everHeld } = await factorStanding(tx, deps, account);
    const binding = climb({ by: 'passkey', deed: 'enrol', touched: 'passkey', holds, everHeld });
    if (binding === 'too-weak') return { refusal: 'factor-too-weak' } satisfies Refused;
    const auth: Auth = { method: 'passkey', aal: '2', cred: asserted.passkey.id };
    return { key, auth, facts: await store(tx, deps, { account, name, key, binding }), consumed: [ceremony.consumed] };
  }
  const codes = await checkCodes(tx, deps, account, by);
  if (!codes.passed) return { refusal: 'codes-not-accepted', consumed: codes.consumed } satisfies Refused;
  const auth: Auth = { method: 'totp recovery-code', aal: '2', cred: codes.credential };
  const { holds, everHeld } = await factorStanding(tx, deps, account);
  const binding = climb({ by: 'codes', deed: 'enrol', touched: 'passkey', holds, everHeld });
  if (binding === 'too-weak') return { refusal: 'factor-too-weak', consumed: codes.consumed } satisfies Refused;
  return { key, auth, facts: await store(tx, deps, { account, name, key, binding }), consumed: [ceremony.consumed, ...codes.consumed] };
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
    enrolledAt: await databaseTime(tx),
  };
  const facts = passkeyFacts(row);
  await tx.passkey.create({
    data: { ...row, counter: key.counter, signature: signRow(deps.keys, passkeyBody(facts)) },
    select: { id: true },
  });
  return facts;
}
