import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import type { Database } from '#db';
import type { WitnessAnswer } from './ask-witness.ts';

const NOTARY = 'notary';

/** Keeps what the witnesses last answered where people can see it, and leaves a leaf when one goes or comes, or the quorum does. */
export function recordWitnesses(db: Database, policy: TrustPolicy) {
  const said = new Map<string, string>();
  let hasQuorum: boolean | undefined;
  return {
    async record(answers: ReadonlyMap<string, WitnessAnswer['outcome']>, quorum: boolean, size: bigint): Promise<void> {
      const changed = [...answers].filter(([name, answer]) => said.get(name) !== answer);
      if (changed.length === 0 && quorum === hasQuorum) return;
      await db.$transaction(async (tx) => {
        for (const [name, answer] of changed) {
          const view = { size: answer === 'cosigned' ? size : null, answer, since: new Date() };
          await tx.witnessView.upsert({ where: { name }, create: { name, ...view }, update: view });
          // At the first look nothing has changed yet that anybody could have noticed.
          if (answer === 'cosigned' && !said.has(name)) continue;
          const outcome = answer === 'cosigned' ? 'success' : 'failure';
          await appendLeaf(
            tx,
            { type: 'witness.seen', outcome, actor: { type: 'service', name: NOTARY }, do: { witness: name, answer } },
            NOTARY,
          );
        }
        if (quorum !== hasQuorum && !(quorum && hasQuorum === undefined))
          await appendLeaf(
            tx,
            {
              type: quorum ? 'quorum.back' : 'quorum.lost',
              outcome: quorum ? 'success' : 'failure',
              actor: { type: 'service', name: NOTARY },
              do: { quorum: policy.quorum ?? 'none' },
            },
            NOTARY,
          );
      });
      for (const [name, answer] of changed) said.set(name, answer);
      hasQuorum = quorum;
    },
  };
}
