import { randomUUID, type KeyObject } from 'node:crypto';
import type { DecisionConfirmed, SignedRecord } from '#domain/attestation.ts';
import { DECISION_TAG, decisionStatement, type DecisionFacts } from '#domain/decision-statement.ts';
import { passkeyBody, type PasskeyFacts } from '#domain/passkey.ts';
import { signStatement } from '#evidence/attestation.ts';
import { canonical } from '#evidence/jcs.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import { SoftPasskey, type Page } from './soft-passkey.ts';

/** Where the console of these tests stands. */
export const PAGE: Page = { origin: 'https://console.bank.example', rpId: 'console.bank.example' };
export const PARTY = { id: PAGE.rpId, origins: [PAGE.origin] };

/** What every approver of these tests was shown, as they sign it. */
export const SHOWN = `${'B'.repeat(43)}=`;

export interface Signing {
  /** The verifier's, with which keys are enrolled. */
  verifier: KeyObject;
  policy: { sha256: string; rule: string };
  key?: SoftPasskey;
  page?: Page;
  /** The last word on the enrolment and on the statement. */
  enrolled?: Partial<PasskeyFacts>;
  said?: Partial<DecisionFacts>;
}

/** What a key of a test signed at that moment, as the verifier keeps it; it had enrolled the key a day before. */
export function recordOf(
  { verifier, key, page = PAGE }: Pick<Signing, 'verifier' | 'page'> & { key: SoftPasskey },
  { tag, text, at }: { tag: string; text: string; at: string },
  enrolled: Pick<PasskeyFacts, 'id' | 'account'> & Partial<PasskeyFacts>,
): SignedRecord {
  const facts: PasskeyFacts = {
    credential: key.id,
    spki: key.spki.toString('base64'),
    algorithm: key.algorithm,
    aaguid: '00000000-0000-0000-0000-000000000000',
    synced: false,
    rp: PARTY.id,
    transports: ['usb'],
    binding: 'first',
    enrolled: new Date(Date.parse(at) - 86_400_000).toISOString(),
    ...enrolled,
  };
  const { response } = key.assert(challengeOf(tag, text).toString('base64url'), page);
  const passkey = signStatement(passkeyBody(facts), verifier);
  return {
    text,
    ...response,
    passkey: { text: passkey.text, signature: passkey.signature.toString('base64url') },
    party: PARTY,
  };
}

/** A decision as its approver signed it, with a key of the test that the verifier had enrolled a day before. */
export function signedBy(
  decision: DecisionConfirmed,
  { verifier, policy, key = new SoftPasskey(), page = PAGE, enrolled, said }: Signing,
): DecisionConfirmed {
  const { reset, run, account, person, stage, reason } = decision;
  const text = canonical(
    decisionStatement({
      approval: '44444444-4444-4444-8444-444444444444',
      reset,
      run,
      account,
      approver: person,
      onBehalfOf: decision.onBehalfOf ? { person: decision.onBehalfOf.person, delegation: decision.onBehalfOf.delegation } : null,
      stage,
      decision: decision.decision,
      reason,
      policy,
      shown: SHOWN,
      nonce: randomUUID(),
      notAfter: new Date(Date.parse(decision.at) + 240_000).toISOString(),
      evidence: { size: '1', root: 'A'.repeat(43) + '=' },
      ...said,
    }),
  );
  const owner = { id: randomUUID(), account: person, ...enrolled };
  const signed = recordOf({ verifier, key, page }, { tag: DECISION_TAG, text, at: decision.at }, owner);
  return { ...decision, method: 'passkey', credential: owner.id, signed };
}
