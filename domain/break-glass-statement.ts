import { aboutReset, type ResetShown } from './decision-statement.ts';
import type { Operation } from './operation.ts';
import { requestCode } from './request-code.ts';

/** Tag of what an officer signs under break-glass, and of what a third person signs who closes its review. */
export const BREAK_GLASS_TAG = 'countersign/break-glass/v1\0';
export const REVIEW_TAG = 'countersign/review/v1\0';

/** The lines that the officer's page shows and their key signs the digest of. */
export function breakGlassLines(reset: ResetShown, { officers, unwitnessed }: { officers: number; unwitnessed: boolean }): string[] {
  const may = unwitnessed ? 'may be' : 'is';
  const what = reset.operation === 'unlock' ? `The account ${may} unlocked` : `The password ${may} written`;
  return [
    ...aboutReset(reset),
    `Break-glass: ${officers} security officers let this reset go on in the place of the people who would have to approve it.`,
    unwitnessed
      ? `${what} before the witnesses have cosigned it, as long as too few of them answer.`
      : `${what} only when the witnesses have cosigned it.`,
    'Everybody concerned is told, and a review stays open until a third person closes it.',
  ];
}

/** What an officer signs; forms as in decisionStatement. */
export interface BreakGlassFacts {
  /** The row that says that break-glass is possible. */
  breakGlass: string;
  reset: string;
  run: string;
  account: string;
  /** What is let go on. */
  operation: Operation;
  officer: string;
  unwitnessed: boolean;
  reason: string;
  policy: { sha256: string; rule: string };
  shown: string;
  nonce: string;
  notAfter: string;
  evidence: { size: string; root: string } | null;
}

/** The statement in its one form. */
export function breakGlassStatement(f: BreakGlassFacts) {
  return {
    v: 1,
    type: 'break-glass',
    breakGlass: f.breakGlass,
    reset: f.reset,
    workflow: `reset/${f.reset}`,
    run: f.run,
    account: f.account,
    operation: f.operation,
    officer: f.officer,
    unwitnessed: f.unwitnessed,
    reason: f.reason,
    policy: { sha256: f.policy.sha256, rule: f.policy.rule },
    shown: f.shown,
    requestCode: requestCode(f.reset),
    nonce: f.nonce,
    notAfter: f.notAfter,
    evidence: f.evidence && { size: f.evidence.size, root: f.evidence.root },
  } as const;
}

export const REVIEW_JUDGEMENTS = ['justified', 'not-justified'] as const;
export type ReviewJudgement = (typeof REVIEW_JUDGEMENTS)[number];

/** What whoever closes a review signs. `finding`: digest of what they wrote. */
export function reviewStatement(
  { ceremony, account, notAfter }: { ceremony: string; account: string; notAfter: string },
  { review, reset, judgement, finding }: { review: string; reset: string; judgement: ReviewJudgement; finding: string },
) {
  return { v: 1, type: 'review/close', account, nonce: ceremony, notAfter, review, reset, judgement, finding } as const;
}
