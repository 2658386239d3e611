import { DECISION_TAG, shownText } from '#domain/decision-statement.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { signStatement } from '../keys/use-a-key.ts';
import type { Stated } from '../provider/data-provider.ts';
import type { Approval, DecisionCeremony } from '../records.ts';

/** What the server wants signed is not what this page shows and the person typed. */
export class NotWhatWasShown extends Error {}

/**
 * Signs a decision, after looking whether the statement says just what this page shows: this approval, this account, this
 * decision, this reason, these lines. Throws NotWhatWasShown, and whatever the browser throws about the key.
 */
export async function signDecision(approval: Approval, stated: Stated, begun: DecisionCeremony) {
  await asShown(approval, stated, begun);
  const { statement, salt, ceremony, confirmation } = begun;
  if (!confirmation) throw new NotWhatWasShown();
  const { id, response } = await signStatement(DECISION_TAG, statement as Json, { confirmation });
  return { ...stated, signature: { ceremony, salt, evidence: statement.evidence, assertion: { id, response } } };
}

/** Throws NotWhatWasShown unless the statement says just what this page shows and the person typed. */
export async function asShown(approval: Approval, stated: Stated, begun: DecisionCeremony): Promise<void> {
  const { statement, salt, reasonSalt, ceremony } = begun;
  const expected: Record<string, unknown> = {
    type: 'decision',
    approval: approval.id,
    reset: approval.resetId,
    account: approval.account,
    stage: approval.stage,
    requestCode: approval.requestCode,
    decision: stated.decision,
    nonce: ceremony,
    reason: await statedDigest(reasonSalt, stated.reason),
    shown: await committed(shownText(approval.shown), salt),
  };
  const { inPlaceOf } = approval;
  const behalf = inPlaceOf && { person: inPlaceOf.person, delegation: inPlaceOf.delegation };
  if (canonical((statement['onBehalfOf'] ?? null) as Json) !== canonical(behalf)) throw new NotWhatWasShown();
  if (Object.entries(expected).some(([name, value]) => statement[name] !== value)) throw new NotWhatWasShown();
}

/** The digest by which a stated reason is signed. */
export async function statedDigest(salt: string, reason: string): Promise<string> {
  return hex(await sha256(bytesOf(`${salt}\n${reason.normalize('NFC')}`)));
}

/** As evidence/leaf.ts commits: base64(SHA-256(0x02 || salt || RFC 8785 text)). */
export async function committed(value: string, salt: string): Promise<string> {
  const parts = [Uint8Array.of(2), Uint8Array.from(atob(salt), (character) => character.charCodeAt(0)), bytesOf(canonical(value))];
  const all = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(String.fromCharCode(...(await sha256(all))));
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
