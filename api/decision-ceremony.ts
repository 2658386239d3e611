import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '#db';
import { decisionStatement, shownText } from '#domain/decision-statement.ts';
import { cardPurpose } from '#domain/passkey.ts';
import { Refusal } from '#domain/refusals.ts';
import { CARD_ALGORITHMS } from '#evidence/card-signature.ts';
import { parseCheckpoint } from '#evidence/checkpoint.ts';
import { commitment } from '#evidence/leaf.ts';
import { parseNote } from '#evidence/signed-note.ts';
import type { ApprovalRow } from './approvals-view.ts';
import { stateReason } from './decisions.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { beginCeremony, confirmationWith, ownKeys } from './own-keys.ts';
import { assertion, confirmation, sealedAssertion } from './passkey-shapes.ts';
import type { Running } from './reached-by-delegation.ts';
import type { SignedIn } from './sessions.ts';
import { operation } from './shapes.ts';

const evidence = z.strictObject({ size: z.string().regex(/^(0|[1-9][0-9]{0,18})$/), root: z.string().length(44) }).nullable();

export const decisionCeremony = z.object({
  ceremony: z.string(),
  /** What is signed: RFC 8785, behind the tag of domain/decision-statement.ts. */
  statement: z.looseObject({ evidence }),
  /** What the page showed; the statement commits to it with this salt (base64), and to the reason with the other one. */
  shown: z.array(z.string()),
  salt: z.string(),
  reasonSalt: z.string(),
  /** With which of the person's own keys; absent for a smart card, which is asked by another program. */
  confirmation: confirmation.optional(),
});

/** A decision's signature as the browser sends it back. */
export const decisionSignature = z.strictObject({ ceremony: z.uuid(), salt: z.string().length(24), evidence, assertion });

/** What `countersign sign` made, with what the page began with. */
export const cardSignature = z.strictObject({
  ceremony: z.uuid(),
  salt: z.string().length(24),
  evidence,
  algorithm: z.enum(CARD_ALGORITHMS),
  certificate: z.base64().max(8192),
  signature: z.string().regex(/^[A-Za-z0-9_-]{1,2048}$/, 'is not base64url'),
});

/** As activities/verify/typed.ts takes it. */
export function sealedSignature({ ceremony, salt, evidence, assertion }: z.infer<typeof decisionSignature>) {
  return { ceremony, salt, evidence, assertion: sealedAssertion(assertion) };
}

export interface Deciding {
  row: ApprovalRow;
  lines: string[];
  session: SignedIn;
  behalf: Running | undefined;
  decision: 'approve' | 'deny';
  reason: string;
  key: 'passkey' | 'smart-card';
}

/**
 * What an approver is asked to sign. The verifier puts the same statement together from what it knows; one that says
 * anything else is signed for nothing. Throws `passkey-needed` for somebody without a key, `approval-closed` where nothing can be decided.
 */
export async function beginDecision(
  { db, hash, relyingParty }: { db: Database; hash: KeyedHash; relyingParty: { id: string } },
  { row, lines, session, behalf, decision, reason, key }: Deciding,
): Promise<z.infer<typeof decisionCeremony>> {
  const { runId, accountGuid, policySha256, ruleId, endedAt } = row.reset;
  if (endedAt !== null || !runId || !accountGuid || !policySha256 || !ruleId) throw new Refusal('approval-closed');
  const keys = await ownKeys(db, session.account);
  if (key === 'passkey' && keys.length === 0) throw new Refusal('passkey-needed');
  const stated = await stateReason(db, hash, { approval: row.id, person: session.account, typed: reason });
  const { ceremony, notAfter } = await beginCeremony(db, session.account, key === 'passkey' ? `decision/${row.id}` : cardPurpose(row.id));
  const salt = randomBytes(16);
  const statement = decisionStatement({
    approval: row.id,
    reset: row.resetId,
    run: runId,
    account: accountGuid,
    operation: operation.parse(row.reset.operation),
    approver: session.account,
    onBehalfOf: behalf ? { person: behalf.facts.from, delegation: behalf.facts.id } : null,
    stage: row.stage,
    decision,
    reason: stated.digest,
    policy: { sha256: policySha256, rule: ruleId },
    shown: commitment(shownText(lines), salt),
    nonce: ceremony,
    notAfter,
    evidence: await lastPublished(db),
  });
  const salts = { salt: salt.toString('base64'), reasonSalt: stated.salt };
  const begun = { ceremony, statement, shown: lines, ...salts };
  return key === 'passkey' ? { ...begun, confirmation: confirmationWith(relyingParty, keys) } : begun;
}

/** The last checkpoint that the witnesses cosigned: whatever is in it can no longer be told differently to the approver. */
export async function lastPublished(db: Database): Promise<z.infer<typeof evidence>> {
  const head = await db.logHead.findFirst({ select: { published: true } });
  if (!head?.published) return null;
  const { size, root } = parseCheckpoint(parseNote(head.published).text);
  return { size: String(size), root: root.toString('base64') };
}
