import type { KeyObject } from 'node:crypto';
import { peopleOfStatement, type Attestation, type BreakGlassSigned } from '#domain/attestation.ts';
import { whyNotReview } from '#domain/break-glass.ts';
import { asFrozen, frozenAccounts } from '#domain/same-people.ts';
import { closedReview } from '#prisma/review-text.ts';
import { timeOf } from './check-log.ts';
import type { Receipts } from './check-receipts.ts';
import { counted, fail, finding, type Finding, type Problem } from './finding.ts';
import { byReset, orderInReset, type LeafInLog } from './leaf-in-log.ts';

/**
 * Tells what was written under break-glass, by whose signatures, and of what was written before the witnesses had cosigned
 * when they did; and who closed the review, which has to be signed by a third person. Whether the write was allowed, and that
 * the witnesses cosigned it at all, is judged by the replay.
 */
export function checkBreakGlass(
  leaves: readonly LeafInLog[],
  statements: ReadonlyMap<string, Attestation>,
  receipts: Receipts,
  key: KeyObject | undefined,
): Finding {
  const problems: Problem[] = [];
  const said: string[] = [];
  for (const [reset, chain] of byReset(leaves)) {
    const mine = [...statements.values()].filter((one) => one.reset === reset);
    const signatures = mine.filter((one): one is BreakGlassSigned => one.kind === 'break-glass');
    const review = reviewIn(reset, chain, mine, key);
    problems.push(...review.problems.map((one) => fail(`reset ${reset}: ${one}`)));
    for (const write of chain.filter(({ body }) => body.type === 'write.started' && body.do?.['by'] === 'break-glass')) {
      const by = `reset ${reset}: written under break-glass, signed by ${[...new Set(signatures.map(({ person }) => person))].toSorted().join(' and ')}`;
      const when = write.body.do?.['witnessed'] === false ? `, before the witnesses had cosigned; ${cosigned(chain, write, receipts)}` : '';
      said.push(`${by}${when}; ${review.said}`);
    }
  }
  return finding(
    'What was written under break-glass: by whom, when the witnesses cosigned it, and which third person closed its review',
    'NIST SP 800-53 AC-3(2), AU-6; RBI Master Direction 9(b)',
    problems,
    said.length === 0 ? 'nothing was' : `${counted(said.length, 'write')}: ${said.join('; ')}`,
  );
}

/** What the leaves say of the review, each closing checked by the closer's own signature; of accounts by GUID and by what was frozen. */
function reviewIn(
  reset: string,
  chain: readonly LeafInLog[],
  statements: readonly Attestation[],
  key: KeyObject | undefined,
): { said: string; problems: string[] } {
  const frozen = frozenAccounts(statements.flatMap((one) => (one.kind === 'approvers' ? [one] : [])));
  const tookPart = statements.flatMap((one) => [one.account, ...peopleOfStatement(one)]);
  const involved = tookPart.map((guid) => asFrozen({ guid, employeeId: undefined }, frozen));
  const problems: string[] = [];
  let said = 'no leaf says that its review was closed';
  for (const { index, body } of chain.filter((leaf) => leaf.body.type === 'review.closed')) {
    const closed = key && closedReview(body.do?.['signed'], key);
    const isJust = closed && closed.reset === reset && closed.review === body.do?.['review'] && closed.judgement === body.do['judgement'];
    if (!isJust) problems.push(`leaf ${index}: a review was closed, and nobody signed just that`);
    else if (whyNotReview({ guid: closed.account, employeeId: undefined }, involved))
      problems.push(`leaf ${index}: the review was closed by somebody who took part in the reset`);
    else said = `its review was closed by ${closed.account}: ${closed.judgement.replaceAll('-', ' ')}`;
  }
  return { said, problems };
}

function cosigned(chain: readonly LeafInLog[], write: LeafInLog, receipts: Receipts): string {
  const intent = chain.findLast(
    (leaf) =>
      leaf.body.type === 'intent' && orderInReset(leaf) < orderInReset(write) && leaf.body.do?.['ordinal'] === write.body.do?.['ordinal'],
  );
  const since = intent && receipts.get(intent.index)?.since;
  return since === undefined ? 'no receipt shows that they did later' : `they did at ${timeOf(since)}`;
}
