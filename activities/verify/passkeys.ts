import type { SignedRecord } from '#domain/attestation.ts';
import { kindOfKey, letsIn, type KeyKind } from '#domain/key-kinds.ts';
import { endOfPasskey, passkeyBody, SYNCED_PASSKEYS } from '#domain/passkey.ts';
import { isModelFault, MODEL_FAULTS, type ModelFault } from '#domain/passkey-demands.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { readAuthenticatorData } from '#evidence/authenticator-data.ts';
import { canonical } from '#evidence/jcs.ts';
import { whyNotSigned, type StatementFault } from '#evidence/signed-statement.ts';
import type { Prisma, Transaction } from '#db';
import { frozenFactors } from '#prisma/frozen-factors.ts';
import { passkeyFacts } from '#prisma/passkeys.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { VerifierDeps } from './deps.ts';
import { metadataStanding, whyModelStopped } from './key-model.ts';
import { databaseTime } from './once.ts';
import { isOurRow } from './row-signature.ts';
import type { TypedAssertion } from './typed-parts.ts';

type Row = Prisma.PasskeyGetPayload<object> & {
  /** Counts nowhere until a second person has settled it. */
  isFrozen: boolean;
};

/** Every passkey that the account ever had, oldest first, removed ones too; rows by another hand are left out. They stay locked until the transaction ends. */
export async function passkeysOf(tx: Transaction, deps: Pick<VerifierDeps, 'keys'>, account: string): Promise<Row[]> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`passkeys\n${account}`}, 0))`;
  const rows = await tx.passkey.findMany({ where: { accountGuid: account }, orderBy: [{ enrolledAt: 'asc' }, { id: 'asc' }] });
  const ours = rows.filter((row) => isOurRow(deps.keys, passkeyBody(passkeyFacts(row)), row.signature));
  const ends = ours.map(({ id }) => endOfPasskey(id));
  const burned = new Set(
    (await tx.burn.findMany({ where: { consumed: { in: ends } }, select: { consumed: true } })).map((one) => one.consumed),
  );
  const frozen = await frozenFactors(
    tx,
    ours.map(({ id }) => id),
    deps.keys.checking,
  );
  return ours.map((row) => ({
    ...row,
    disabledAt: burned.has(endOfPasskey(row.id)) ? (row.disabledAt ?? new Date(0)) : row.disabledAt,
    isFrozen: frozen.has(row.id),
  }));
}

/** Which kinds of keys count: nothing but a passkey that stays in one device, or what the policy in force lets in, or any. */
export type Taken = 'passkey' | 'let-in' | 'any';

export type Asserted = { passkey: Row; kind: KeyKind } | { fault: StatementFault | ModelFault | 'not-registered' | 'counter' };

/**
 * Checks that a statement was signed by one of these passkeys (of one account, as passkeysOf gives them), and moves its
 * counter; `from`: the address, for its owner to see. A counter that does not go up says that the key was copied (WebAuthn Level 3 §6.1.1); authenticators that do not count
 * answer 0 for ever. A key of a model that was reported as compromised does not count where the policy in force says so, whatever policy
 * a reset was begun under. What a key counts as is answered with it, and is less than a passkey only where `takes` says so.
 */
export async function checkAssertion(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'relyingParty' | 'metadata'>,
  passkeys: readonly Row[],
  asked: { tag: string; text: string; assertion: TypedAssertion; from?: string | undefined; takes?: Taken | undefined },
): Promise<Asserted> {
  const { credential, clientDataJSON, authenticatorData, signature } = asked.assertion;
  const passkey = passkeys.find((row) => row.credentialId === credential && row.disabledAt === null && !row.isFrozen);
  if (!passkey) return { fault: 'not-registered' };
  const bytes = (text: string) => Buffer.from(text, 'base64url');
  const signed = {
    text: asked.text,
    clientDataJSON: bytes(clientDataJSON),
    authenticatorData: bytes(authenticatorData),
    signature: bytes(signature),
  };
  const { takes = 'passkey' } = asked;
  const synced = takes === 'passkey' ? SYNCED_PASSKEYS : 'accepted';
  const fault = whyNotSigned(asked.tag, signed, passkey, { ...deps.relyingParty, id: passkey.rpId }, { synced });
  if (fault) return { fault };
  const { passkeys: demands } = (await policyInForce(tx)).policy;
  const said = readAuthenticatorData(signed.authenticatorData);
  // A key that may be copied all of a sudden is not the one that was enrolled.
  if (said?.backupEligible && !passkey.backupEligible) return { fault: 'backup-eligible' };
  const kind = kindOfKey(passkey.backupEligible);
  const isTaken = kind === 'passkey' || takes === 'any' || (takes === 'let-in' && letsIn(demands, kind));
  if (!isTaken) return { fault: 'backup-eligible' };
  const stopped = whyModelStopped(passkey.aaguid, demands, await metadataStanding(tx, deps));
  if (stopped) return { fault: stopped };
  const counter = BigInt(said?.counter ?? 0);
  if ((counter > 0n || passkey.counter > 0n) && counter <= passkey.counter) return { fault: 'counter' };
  const used = { lastUsedAt: await databaseTime(tx), lastUsedFrom: asked.from ?? null };
  await tx.passkey.updateMany({ where: { id: passkey.id }, data: { counter, ...used } });
  return { passkey, kind };
}

/** What was signed, with all that it takes to check it for years. */
export function signedRecord(
  deps: Pick<VerifierDeps, 'relyingParty'>,
  passkey: Row,
  { text, assertion }: { text: string; assertion: TypedAssertion },
): SignedRecord {
  const { clientDataJSON, authenticatorData, signature } = assertion;
  const enrolled = { text: canonical(passkeyBody(passkeyFacts(passkey))), signature: Buffer.from(passkey.signature).toString('base64url') };
  const party = { id: passkey.rpId, origins: [...deps.relyingParty.origins] };
  return { text, clientDataJSON, authenticatorData, signature, passkey: enrolled, party };
}

/** What the person reads of a signature that did not count; the leaf says which fault it was. */
export function refusalOf(fault: Exclude<Asserted, { passkey: Row }>['fault']): RefusalCode {
  if (isModelFault(fault)) return MODEL_FAULTS[fault];
  if (fault === 'backup-eligible') return 'passkey-synced';
  return fault === 'user-verification' ? 'passkey-not-verified' : 'passkey-not-accepted';
}
