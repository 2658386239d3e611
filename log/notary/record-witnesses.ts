import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import type { Database, Transaction } from '#db';
import type { WitnessAnswer } from './ask-witness.ts';

const NOTARY = 'notary';
/** Each leaf is a turn, and each turn asks again: a witness that says now this and now that would fill the log by itself. */
const LEAVES = 6;
const WITHIN_MS = 60_000;

/** Keeps what the witnesses last answered where people can see it, and leaves a leaf when one goes or comes, or the quorum does; of each six a minute at most. */
export function recordWitnesses(db: Database, policy: TrustPolicy, now: () => number = Date.now) {
  const said = new Map<string, string>();
  const leaves = new Map<string, number[]>();
  let hasQuorum: boolean | undefined;

  const mayTell = (about: string): boolean => {
    const recent = (leaves.get(about) ?? []).filter((at) => at > now() - WITHIN_MS);
    leaves.set(about, recent);
    if (recent.length >= LEAVES) return false;
    recent.push(now());
    return true;
  };
  const tell = async (
    tx: Transaction,
    type: 'witness.seen' | 'quorum.back' | 'quorum.lost',
    isGood: boolean,
    facts: Record<string, string>,
  ) => {
    const outcome = isGood ? 'success' : 'failure';
    await appendLeaf(tx, { type, outcome, actor: { type: 'service', name: NOTARY }, do: facts }, NOTARY);
  };

  return {
    async record(answers: ReadonlyMap<string, WitnessAnswer['outcome']>, quorum: boolean, size: bigint): Promise<void> {
      const changed = [...answers].filter(([name, answer]) => said.get(name) !== answer);
      if (changed.length === 0 && quorum === hasQuorum) return;
      await db.$transaction(async (tx) => {
        for (const [name, answer] of changed) {
          const isGood = answer === 'cosigned';
          const view = { size: isGood ? size : null, answer, since: new Date(now()) };
          await tx.witnessView.upsert({ where: { name }, create: { name, ...view }, update: view });
          // At the first look nothing has changed yet that anybody could have noticed.
          if (isGood && !said.has(name)) continue;
          if (mayTell(name)) await tell(tx, 'witness.seen', isGood, { witness: name, answer });
        }
        if (quorum !== hasQuorum && !(quorum && hasQuorum === undefined) && mayTell('the quorum'))
          await tell(tx, quorum ? 'quorum.back' : 'quorum.lost', quorum, { quorum: policy.quorum ?? 'none' });
      });
      for (const [name, answer] of changed) said.set(name, answer);
      hasQuorum = quorum;
    },
  };
}
