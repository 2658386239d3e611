import type { Operation } from './operation.ts';
import { protectedInWords } from './protected-in-words.ts';
import { requestCode } from './request-code.ts';

/** Tag of what an approver signs (evidence/signed-statement.ts). */
export const DECISION_TAG = 'countersign/decision/v1\0';

/** What is said about a reset wherever somebody signs, from facts that do not change while it waits. */
export interface ResetShown {
  reset: string;
  operation: Operation;
  displayName: string;
  accountName: string;
  account: string;
  /** As the directory said it; null for an account that is not protected. */
  protectedBy: string | null;
  source: string;
  startedAt: Date;
  /** Proofs and factors that had passed when approval was asked for. */
  proofs: readonly string[];
  factors: readonly string[];
  /** Names of the devices that said that they know the account. */
  knownBy?: readonly string[];
}

/** What a decision page says. */
export interface ShownFacts extends ResetShown {
  /** Counted from nought. */
  stage: number;
  label: string;
  /** In whose place, until when that holds, and which officers made it so, by name, when the delegator did not; undefined for whoever decides as themselves. */
  inPlaceOf: { name: string; person: string; until: Date; madeBy: readonly string[] } | undefined;
}

const METHODS: Readonly<Record<string, string>> = {
  'recovery-code': 'recovery code',
  'issued-code': 'code issued by the help desk',
  vouching: 'a colleague who vouched in person',
  'known-password': 'the password that the person knew',
  'known-device': 'a device that knows the account',
  totp: 'authenticator app',
  'hardware-token': 'hardware token',
  'smart-card': 'smart card',
  'synced-passkey': 'passkey that can be copied to other devices',
};

/**
 * The lines that the decision page shows and the approver's key signs the digest of. The same facts give the same lines to
 * the API, which shows them, and to the verifier, which believes none of them; an auditor reads them behind their commitment.
 */
export function shownLines(f: ShownFacts): string[] {
  return [
    ...aboutReset(f),
    `Stage ${f.stage + 1}: ${f.label.replaceAll('-', ' ')}.`,
    ...(f.inPlaceOf
      ? [
          `Decided in the place of ${f.inPlaceOf.name} (${f.inPlaceOf.person}), ${f.inPlaceOf.madeBy.length > 0 ? `for whom the security officers ${f.inPlaceOf.madeBy.join(' and ')} delegated it` : 'who delegated it'} until ${minuteOf(f.inPlaceOf.until)}.`,
        ]
      : []),
  ];
}

/** The lines about the reset itself. */
export function aboutReset(f: ResetShown): string[] {
  const passed = (methods: readonly string[]) =>
    [...new Set(methods)]
      .map((method) => METHODS[method] ?? method)
      .toSorted()
      .join(', ') || 'nothing';
  return [
    askedFor(f),
    `Request code: ${requestCode(f.reset)}.`,
    f.protectedBy === null ? 'The account is not protected.' : `The account is protected: ${protectedInWords(f.protectedBy)}.`,
    `Asked for from ${f.source}, on ${minuteOf(f.startedAt)}.`,
    `Proof that passed: ${passed(f.proofs)}. Factor that passed: ${passed(f.factors)}.`,
    ...(f.knownBy ?? []).map((name) => `The device that knows the account: ${name}.`),
  ];
}

function askedFor({ operation, displayName, accountName, account }: ResetShown): string {
  const who = `${displayName} (${accountName}, ${account})`;
  if (operation === 'unlock') return `Unlock the account of ${who}. The password stays as it is.`;
  if (operation === 'replace-factors')
    return `Replace every factor of ${who}, who says that all are lost. What the account has now ends; the password stays as it is.`;
  return `Reset the password of ${who}.`;
}

function minuteOf(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' at ')} UTC`;
}

/** The lines as one text: what is committed to. */
export function shownText(lines: readonly string[]): string {
  return lines.join('\n');
}

/** What an approver signs; GUIDs in lower case, hashes of policy and reason hexadecimal, others base64, times RFC 3339 UTC. */
export interface DecisionFacts {
  approval: string;
  reset: string;
  run: string;
  account: string;
  /** What is approved or denied. */
  operation: Operation;
  approver: string;
  /** In whose place, under which delegation. */
  onBehalfOf: { person: string; delegation: string } | null;
  stage: number;
  decision: 'approve' | 'deny';
  /** Digest of the stated reason. */
  reason: string;
  policy: { sha256: string; rule: string };
  /** Salted commitment to what was shown. */
  shown: string;
  /** The ceremony: used once. */
  nonce: string;
  notAfter: string;
  /** The last published checkpoint that the approver's page knew: nothing before it can be told differently afterwards. */
  evidence: { size: string; root: string } | null;
}

/** The statement in its one form. */
export function decisionStatement(f: DecisionFacts) {
  return {
    v: 1,
    type: 'decision',
    approval: f.approval,
    reset: f.reset,
    workflow: `reset/${f.reset}`,
    run: f.run,
    account: f.account,
    operation: f.operation,
    approver: f.approver,
    onBehalfOf: f.onBehalfOf && { person: f.onBehalfOf.person, delegation: f.onBehalfOf.delegation },
    stage: f.stage,
    decision: f.decision,
    reason: f.reason,
    policy: { sha256: f.policy.sha256, rule: f.policy.rule },
    shown: f.shown,
    requestCode: requestCode(f.reset),
    nonce: f.nonce,
    notAfter: f.notAfter,
    evidence: f.evidence && { size: f.evidence.size, root: f.evidence.root },
  } as const;
}
