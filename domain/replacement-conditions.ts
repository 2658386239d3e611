import type { Attestation } from './attestation.ts';
import type { RefusalCode } from './refusals.ts';
import { judgeWrite, type WriteQuestion } from './write-conditions.ts';

/** Everything by which the verifier judges a replacement; the directory read just now, as a writer would before a write. */
export type ReplacementQuestion = Omit<WriteQuestion, 'operation' | 'writerClass' | 'breakGlassSources' | 'revoked'>;

/**
 * Why the wait of a replacement may not begin, or undefined: the same rule as before a write, about this operation. Nobody stands
 * in for its approvers under break-glass, since nothing about it is urgent.
 */
export function whyNotWait(q: ReplacementQuestion): RefusalCode | undefined {
  const writerClass = q.account.protectedBy === undefined ? 'staff' : 'privileged';
  const judged = judgeWrite({ ...q, operation: 'replace-factors', writerClass, breakGlassSources: [], revoked: new Set() });
  return 'refused' in judged ? judged.refused : undefined;
}

/**
 * Why the factors may not be replaced now, or undefined. Everything of `whyNotWait` still holds, by what had been signed when
 * the wait began; nobody has objected; the wait is over by the clock that signed it; and the claimant is back with a code that the
 * help desk issued in person after that.
 */
export function whyNotReplace(q: ReplacementQuestion): RefusalCode | undefined {
  const mine = q.attestations.filter((a) => a.reset === q.reset && a.run === q.run && a.account === q.account.guid);
  if (mine.some(({ kind }) => kind === 'objection')) return 'replacement-objected';
  const [begun, ...others] = mine.filter((a) => a.kind === 'cooling-off');
  if (!begun || others.length > 0) return 'evidence-missing';
  const before = q.attestations.filter((a) => a.kind === 'lock' || a.kind === 'proof' || at(a) <= at(begun));
  const why = whyNotWait({ ...q, attestations: before });
  if (why) return why;
  const identified = mine.find((a) => a.kind === 'identified');
  const wait = q.policy.rules.find(({ id }) => id === identified?.rule)?.replaceFactors?.wait;
  if (wait === undefined) return 'evidence-missing';
  const over = Math.max(Date.parse(begun.until), at(begun) + wait * 1000);
  if (!(q.now.getTime() >= over)) return 'replacement-waits';
  const isBack = (a: Attestation) =>
    a.kind === 'proof' &&
    a.method === 'issued-code' &&
    at(a) >= over &&
    at(a) <= q.now.getTime() &&
    q.now.getTime() - at(a) <= q.policy.timers.choosePassword * 1000;
  return mine.some(isBack) ? undefined : 'return-needed';
}

function at(statement: { at: string }): number {
  return Date.parse(statement.at);
}
