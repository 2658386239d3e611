import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { DECISION_METHODS, type LockConfirmed, type OfficerPart } from '#domain/attestation.ts';
import { confirmStatement, lockStatement, OFFICER_TAG, proposeStatement, type JointDeed } from '#domain/joint-act.ts';
import type { Ceremony } from '#domain/passkey.ts';
import { canonical, canonicalOrNothing, type Json } from '#evidence/jcs.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { recordShape, whyNotSignedBy, type SaidToBeSigned } from './signed-record.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** Exactly OfficerPart in domain/attestation.ts. */
export const officerPart = z.strictObject({
  person: guid,
  reason: z.string(),
  method: z.enum(DECISION_METHODS),
  credential: z.string(),
  at: z.iso.datetime(),
  signed: recordShape.exactOptional(),
});

const names = z.array(z.string());
/** Exactly ForAnother in domain/delegation.ts. */
export const forAnother = z.strictObject({
  from: z.string(),
  to: z.string(),
  groups: names,
  units: names,
  accounts: names,
  since: z.iso.datetime(),
  until: z.iso.datetime(),
});

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
  /** What the first signed, and the second. */
  proposes: JointDeed;
  confirms: JointDeed;
  proposed: OfficerPart;
  confirmed: OfficerPart;
}

/** Why a joint act was not signed by two officers with two keys, or undefined when it was: nothing of it can be taken into another act. */
export function whyNotSignedByBoth(
  { id, proposes, confirms, proposed, confirmed }: JointParts,
  verifierKey: KeyObject,
  party?: RelyingParty,
): string | undefined {
  const proposal = (begun: Ceremony) =>
    begun.ceremony === id ? proposeStatement(begun, { deed: proposes, reason: proposed.reason }) : undefined;
  const first = whyNotSigned(proposed, proposal, verifierKey, party);
  if (first !== undefined) return `its proposal: ${first}`;
  const { reason } = confirmed;
  const confirmation = (begun: Ceremony) => confirmStatement(begun, { act: id, proposer: proposed.person, deed: confirms, reason });
  const second = whyNotSigned(confirmed, confirmation, verifierKey, party);
  if (second !== undefined) return `its confirmation: ${second}`;
  return proposed.person === confirmed.person || proposed.credential === confirmed.credential ? 'one person did both' : undefined;
}
