import type { Cosigned } from './check-log.ts';
import { timeOf } from './check-log.ts';
import { fail, finding, incomplete, type Finding, type Problem } from './finding.ts';
import type { LeafInLog } from './leaf-in-log.ts';

const wall = ({ body }: LeafInLog): number => Date.parse(body.t.wall);

/**
 * Each leaf came into the log between two cosigned sizes, by the witnesses' own clocks. A leaf from after the tree that
 * holds it is a lie. One from long before the tree that did not yet hold it waited, or its clock was put back: the log
 * alone cannot tell, so it is for people to look at. The same for a clock that jumped against its own boot's counter.
 */
export function checkTimes(leaves: readonly LeafInLog[], trees: readonly Cosigned[], toleranceSeconds: number): Finding {
  const judge = judgeTimes(trees, toleranceSeconds);
  return timesFinding(leaves.flatMap(judge), trees, toleranceSeconds);
}

export function timesFinding(problems: readonly Problem[], trees: readonly Cosigned[], toleranceSeconds: number): Finding {
  const known = trees.filter(({ since }) => since !== undefined).length;
  return finding(
    'Each leaf was made when it says, by the clocks of the witnesses',
    'NIST SP 800-53 AU-8, AU-12(1); PCI DSS 10.6; CERT-In 2022',
    problems,
    known === 0 ? 'no witness, so no other clock than the hosts’ own' : `within ${toleranceSeconds} s of ${known} cosigned trees`,
  );
}

interface Known {
  size: bigint;
  since: bigint;
  /** The same in milliseconds. */
  at: number;
}

/** The same, leaf by leaf in the order of the log: what is wrong with the time of each. */
export function judgeTimes(trees: readonly Cosigned[], toleranceSeconds: number): (leaf: LeafInLog) => Problem[] {
  const slack = toleranceSeconds * 1000;
  const known = trees.flatMap(({ size, since }): Known[] => (since === undefined ? [] : [{ size, at: Number(since) * 1000, since }]));
  const jumped = judgeJumps(slack);
  return (leaf) => {
    const { wall: said } = leaf.body.t;
    let holds: Known | undefined;
    let before: Known | undefined;
    for (const tree of known) {
      if (tree.size > leaf.index && (!holds || tree.at < holds.at)) holds = tree;
      if (tree.size <= leaf.index && (!before || tree.at > before.at)) before = tree;
    }
    return [
      ...(holds && wall(leaf) > holds.at + slack
        ? [fail(`leaf ${leaf.index} says ${said}, and was witnessed at ${timeOf(holds.since)} already`)]
        : []),
      ...(before && wall(leaf) < before.at - slack
        ? [incomplete(`leaf ${leaf.index} says ${said}, and was not in the log at ${timeOf(before.since)} yet`)]
        : []),
      ...jumped(leaf),
    ];
  };
}

/** Wall clock against the monotonic counter of the same boot. */
function judgeJumps(slack: number): (leaf: LeafInLog) => Problem[] {
  const offsets = new Map<string, number>();
  return (leaf) => {
    const { boot, mono_ns: counter } = leaf.body.t;
    const offset = wall(leaf) - Number(BigInt(counter) / 1_000_000n);
    const last = offsets.get(boot) ?? offset;
    offsets.set(boot, offset);
    return Math.abs(offset - last) > slack ? [incomplete(`before leaf ${leaf.index} the clock of its host jumped`)] : [];
  };
}
