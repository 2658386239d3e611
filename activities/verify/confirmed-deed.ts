import type { SignedRecord } from '#domain/attestation.ts';
import type { KeyKind } from '#domain/key-kinds.ts';
import type { Ceremony } from '#domain/passkey.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { openCeremony } from './ceremony.ts';
import type { VerifierDeps } from './deps.ts';
import { byOwnCode, type ByCode } from './own-code.ts';
import { checkAssertion, passkeysOf, refusalOf, signedRecord, type Taken } from './passkeys.ts';
import type { TypedAssertion } from './typed-parts.ts';

type BySignature = {
  method: 'passkey';
  /** Told where others than a passkey may sign. */
  kind?: KeyKind;
  credential: string;
  consumed: string;
  signed: SignedRecord;
};

/** What a person confirms with, and the statement that they sign when it is a key. */
export interface Deed {
  account: string;
  subject: string;
  policy: Policy;
  by: { totp: string } | { ceremony: string; assertion: TypedAssertion };
  tag: string;
  purpose: string;
  statement: (ceremony: Ceremony) => Json;
  /** The address that it came from. */
  source: string | undefined;
  /** Which kinds of keys may sign it; a passkey alone when it is left out. */
  takes?: Taken | undefined;
}

/** Confirms a deed of somebody at the console with their own key, or with the code of their authenticator. A refused key uses up nothing. */
export async function confirmedDeed(
  tx: Transaction,
  deps: VerifierDeps,
  { account, subject, policy, by, tag, purpose, statement, source, takes }: Deed,
): Promise<(ByCode & { signed?: undefined }) | BySignature | { refusal: RefusalCode; fault?: string }> {
  if ('totp' in by) return byOwnCode(tx, deps, { account, subject, policy }, by.totp);
  const ceremony = await openCeremony(tx, { ceremony: by.ceremony, account, purpose });
  if (!ceremony) return { refusal: 'ceremony-over' };
  const { consumed, ...begun } = ceremony;
  const text = canonical(statement(begun));
  const asserted = await checkAssertion(tx, deps, await passkeysOf(tx, deps, account), {
    tag,
    text,
    assertion: by.assertion,
    from: source,
    takes,
  });
  if ('fault' in asserted) return { refusal: refusalOf(asserted.fault), fault: asserted.fault };
  const signed = signedRecord(deps, asserted.passkey, { text, assertion: by.assertion });
  return { method: 'passkey', ...(takes ? { kind: asserted.kind } : {}), credential: asserted.passkey.id, consumed, signed };
}
