import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { DECISION_METHODS, type Attestation } from '#domain/attestation.ts';
import type { Delegation } from '#domain/delegation.ts';
import { openStatement } from '#evidence/attestation.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { forAnother, officerPart, whyNotSignedByBoth } from './officer-text.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = z.iso.datetime();
const part = z.union([z.strictObject({ group: z.string() }), z.strictObject({ unit: z.string() }), z.strictObject({ account: guid })]);

/** Exactly ByOfficers in domain/delegation.ts, as the row keeps it. */
export const byOfficersText = z.strictObject({
  act: guid,
  typed: forAnother,
  proposed: officerPart,
  confirmed: officerPart,
});

/** As the row keeps it. */
export const scopeText = z.union([z.literal('all'), z.array(part).min(1)]);

/** Exactly delegationBody in domain/delegation.ts. */
const delegation = z.strictObject({
  v: z.literal(1),
  kind: z.literal('row/delegation'),
  id: guid,
  from: guid,
  to: guid,
  scope: scopeText,
  since: time,
  until: time,
  made: time,
  method: z.enum(DECISION_METHODS),
  byOfficers: byOfficersText.exactOptional(),
});

/** The delegation in a text that the verifier signed when it was made; undefined when it did not. */
export function readDelegation(text: string, signature: Uint8Array, verifierKey: KeyObject): Delegation | undefined {
  const parsed = delegation.safeParse(openStatement(text, signature, verifierKey));
  return parsed.success ? parsed.data : undefined;
}

/**
 * By the id of each decision that was taken under one: the delegation that it carries, when the verifier signed it and it is
 * the one that the decision names, from just that person to just this one; and, when officers made it, when both signed just
 * that with their keys. Whether it ran and reached that far is a question for domain/approval.ts. `party`: whose keys and
 * pages count; without it, those that the records name.
 */
export function delegationsOf(statements: readonly Attestation[], verifierKey: KeyObject, party?: RelyingParty): Map<string, Delegation> {
  const found = statements.flatMap((one) => {
    if (one.kind !== 'decision' || !one.onBehalfOf) return [];
    const { person, delegation: id, record } = one.onBehalfOf;
    const read = readDelegation(record.text, Buffer.from(record.signature, 'base64url'), verifierKey);
    return read && read.id === id && read.from === person && read.to === one.person && isAsMade(read, verifierKey, party)
      ? [[one.id, read] as const]
      : [];
  });
  return new Map(found);
}

/** Whether the officers signed just this delegation, when they made it. What an ordinary one was confirmed with is the verifier's word. */
function isAsMade(
  { from, to, scope, since, until, made, method, byOfficers }: Delegation,
  verifierKey: KeyObject,
  party?: RelyingParty,
): boolean {
  if (!byOfficers) return true;
  const { act, typed, proposed, confirmed } = byOfficers;
  const isSame = (text: string, time: string) => Date.parse(text) === Date.parse(time);
  if (method !== 'passkey' || !isSame(typed.since, since) || !isSame(typed.until, until) || !isSame(confirmed.at, made)) return false;
  const deeds = { proposes: { delegate: typed }, confirms: { delegate: typed, means: { from, to, scope } } };
  return whyNotSignedByBoth({ id: act, ...deeds, proposed, confirmed }, verifierKey, party) === undefined;
}
