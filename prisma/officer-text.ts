import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { LockConfirmed } from '#domain/attestation.ts';
import { confirmStatement, lockStatement, OFFICER_TAG, proposeStatement, type JointDeed, type OfficerPart } from '#domain/joint-act.ts';
import type { Ceremony } from '#domain/passkey.ts';
import { canonical, canonicalOrNothing, type Json } from '#evidence/jcs.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { whyNotSignedBy, type SaidToBeSigned } from './signed-record.ts';

const ceremony = z.looseObject({ nonce: z.string(), notAfter: z.iso.datetime() });

/** Why an officer's key has not signed just this statement, or undefined when it has. Each of these texts is made anew and compared, byte for byte. */
function whyNotSigned(
  part: SaidToBeSigned,
  statement: (ceremony: Ceremony) => Json | undefined,
  verifierKey: KeyObject,
  party?: RelyingParty,
): string | undefined {
  const saysSo = (text: string) => {
    const said = ceremony.safeParse(canonicalOrNothing(text));
    if (!said.success) return { why: 'what was signed is no statement of an officer' };
    const { nonce, notAfter } = said.data;
    const expected = statement({ ceremony: nonce, account: part.person, notAfter });
    return expected !== undefined && canonical(expected) === text ? { notAfter } : { why: 'what was signed is something else' };
  };
  return whyNotSignedBy(part, OFFICER_TAG, saysSo, verifierKey, party);
}

/** Why a lock by passkey was not signed by the officer who is said to have locked; undefined when it was. */
export function whyNotSignedLock(lock: LockConfirmed, verifierKey: KeyObject, party?: RelyingParty): string | undefined {
  const { reset, reason } = lock;
  return whyNotSigned(lock, (begun) => lockStatement(begun, { reset, reason }), verifierKey, party);
}

export interface JointParts {
  /** Also the nonce of what the proposer signed. */
  id: string;
  deed: JointDeed;
  proposed: OfficerPart;
  confirmed: OfficerPart;
}

/** Why a joint act was not signed by two officers with two keys, or undefined when it was: nothing of it can be taken into another act. */
export function whyNotSignedByBoth(
  { id, deed, proposed, confirmed }: JointParts,
  verifierKey: KeyObject,
  party?: RelyingParty,
): string | undefined {
  const proposal = (begun: Ceremony) => (begun.ceremony === id ? proposeStatement(begun, { deed, reason: proposed.reason }) : undefined);
  const first = whyNotSigned(proposed, proposal, verifierKey, party);
  if (first !== undefined) return `its proposal: ${first}`;
  const { reason } = confirmed;
  const confirmation = (begun: Ceremony) => confirmStatement(begun, { act: id, proposer: proposed.person, deed, reason });
  const second = whyNotSigned(confirmed, confirmation, verifierKey, party);
  if (second !== undefined) return `its confirmation: ${second}`;
  return proposed.person === confirmed.person || proposed.credential === confirmed.credential ? 'one person did both' : undefined;
}
