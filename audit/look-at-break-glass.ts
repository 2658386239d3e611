import type { Attestation } from '#domain/attestation.ts';
import { timeOf } from './check-log.ts';
import type { Receipts } from './check-receipts.ts';
import { counted, type Finding } from './finding.ts';
import { byReset, orderInReset, type LeafInLog } from './leaf-in-log.ts';

/**
 * Tells what was written under break-glass, by whose signatures, and of what was written before the witnesses had cosigned
 * when they did. Whether it was allowed, and that they did at all, is judged by the replay.
 */
export function lookAtBreakGlass(leaves: readonly LeafInLog[], statements: ReadonlyMap<string, Attestation>, receipts: Receipts): Finding {
  const said = [...byReset(leaves)].flatMap(([reset, chain]) =>
    chain
      .filter(({ body }) => body.type === 'write.started' && body.do?.['by'] === 'break-glass')
      .map((write) => {
        const people = [...statements.values()].flatMap((one) => (one.kind === 'break-glass' && one.reset === reset ? [one.person] : []));
        const by = `reset ${reset}: written under break-glass, signed by ${[...new Set(people)].join(' and ')}`;
        return write.body.do?.['witnessed'] === false
          ? `${by}, before the witnesses had cosigned; ${cosigned(chain, write, receipts)}`
          : by;
      }),
  );
  return {
    check: 'What was written under break-glass, by whom, and when the witnesses cosigned it',
    serves: 'NIST SP 800-53 AC-3(2), AU-6; RBI Master Direction 9(b)',
    verdict: 'pass',
    said: said.length === 0 ? 'nothing was' : `${counted(said.length, 'write')}: ${said.join('; ')}`,
  };
}

function cosigned(chain: readonly LeafInLog[], write: LeafInLog, receipts: Receipts): string {
  const intent = chain.findLast(
    (leaf) =>
      leaf.body.type === 'intent' && orderInReset(leaf) < orderInReset(write) && leaf.body.do?.['ordinal'] === write.body.do?.['ordinal'],
  );
  const since = intent && receipts.get(intent.index)?.since;
  return since === undefined ? 'no receipt shows that they did later' : `they did at ${timeOf(since)}`;
}
