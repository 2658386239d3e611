import { randomUUID, type KeyObject } from 'node:crypto';
import type { OfficerPart, SignedRecord } from '#domain/attestation.ts';
import { confirmStatement, OFFICER_TAG, proposeStatement, type JointDeed } from '#domain/joint-act.ts';
import type { Ceremony } from '#domain/passkey.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { PAGE, recordOf } from './signed-record.ts';
import { SoftPasskey, type Page } from './soft-passkey.ts';

/** An officer of a test, whose key the verifier had enrolled a day before. */
export interface Officer {
  person: string;
  key: SoftPasskey;
  credential: string;
  page?: Page;
  /** Who is said to own the key. */
  owner?: string;
}

export const officer = (more: Partial<Officer> = {}): Officer => ({
  person: randomUUID(),
  key: new SoftPasskey(),
  credential: randomUUID(),
  ...more,
});

/** What an officer's key signed, as the verifier keeps it. */
export function signedByOfficer(
  verifier: KeyObject,
  { person, key, credential, owner = person, page = PAGE }: Officer,
  at: string,
  statement: Json,
): SignedRecord {
  return recordOf({ verifier, key, page }, { tag: OFFICER_TAG, text: canonical(statement), at }, { id: credential, account: owner });
}

interface Bent {
  /** What the first, and what the second signs instead. */
  proposes?: JointDeed;
  confirms?: JointDeed;
  act?: string;
  /** When the ceremonies ended, in ms after the act. */
  endsAfter?: number;
}

/** A joint act whose both parts two officers signed with their keys at that moment. */
export function signedByBoth(verifier: KeyObject, [one, other]: readonly [Officer, Officer], deed: JointDeed, at: string, bent: Bent = {}) {
  const id = randomUUID();
  const notAfter = new Date(Date.parse(at) + (bent.endsAfter ?? 240_000)).toISOString();
  const part = ({ person, credential }: Officer, signed: SignedRecord): OfficerPart => ({
    person,
    reason: '00',
    method: 'passkey',
    credential,
    at,
    signed,
  });
  const begun = (who: Officer, ceremony: string): Ceremony => ({ ceremony, account: who.person, notAfter });
  const first = proposeStatement(begun(one, id), { deed: bent.proposes ?? deed, reason: '00' });
  const second = confirmStatement(begun(other, randomUUID()), {
    act: bent.act ?? id,
    proposer: one.person,
    deed: bent.confirms ?? deed,
    reason: '00',
  });
  return {
    id,
    proposed: part(one, signedByOfficer(verifier, one, at, first)),
    confirmed: part(other, signedByOfficer(verifier, other, at, second)),
  };
}
