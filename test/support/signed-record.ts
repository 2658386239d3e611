import { randomUUID, sign, type KeyObject } from 'node:crypto';
import type { CardRecord, DecisionConfirmed, SignedRecord } from '#domain/attestation.ts';
import { DECISION_TAG, decisionStatement, type DecisionFacts } from '#domain/decision-statement.ts';
import { operationIn } from '#domain/operation.ts';
import { passkeyBody, type PasskeyFacts } from '#domain/passkey.ts';
import { signStatement } from '#evidence/attestation.ts';
import { signedBytes } from '#evidence/card-signature.ts';
import { readCertificate } from '#evidence/certificate.ts';
import { canonical } from '#evidence/jcs.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import type { Issued } from './card-authority.ts';
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

/** The text that the approver of a decision signs. */
function textOf(decision: DecisionConfirmed, { policy, said }: Pick<Signing, 'policy' | 'said'>): string {
  const { reset, run, account, person, stage, reason } = decision;
  return canonical(
    decisionStatement({
      approval: '44444444-4444-4444-8444-444444444444',
      reset,
      run,
      account,
      operation: operationIn(decision),
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
}

/** A decision as its approver signed it, with a key of the test that the verifier had enrolled a day before. */
export function signedBy(decision: DecisionConfirmed, signing: Signing): DecisionConfirmed {
  const { verifier, key = new SoftPasskey(), page = PAGE, enrolled } = signing;
  const owner = { id: randomUUID(), account: decision.person, ...enrolled };
  const about = { tag: DECISION_TAG, text: textOf(decision, signing), at: decision.at };
  return { ...decision, method: 'passkey', credential: owner.id, signed: recordOf({ verifier, key, page }, about, owner) };
}

/** A decision as its approver signed it with a card of the test (P-256), with what the verifier says that it was judged by. */
export function signedByCard(
  decision: DecisionConfirmed,
  card: Issued,
  judged: Pick<CardRecord, 'path' | 'lists'>,
  said: Pick<Signing, 'policy' | 'said'>,
): DecisionConfirmed {
  if (!card.key) throw new Error('the key of this card lives elsewhere');
  const text = textOf(decision, said);
  const record: CardRecord = {
    text,
    algorithm: 'ecdsa-p256-sha256',
    signature: sign('sha256', signedBytes(DECISION_TAG, text), card.key).toString('base64url'),
    certificate: card.der.toString('base64'),
    mapping: 'sid',
    ...judged,
  };
  return { ...decision, method: 'smart-card', credential: readCertificate(card.der).sha256, card: record };
}
