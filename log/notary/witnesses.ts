import type { HashOf } from '#evidence/merkle-tree.ts';
import { parseNote, printNote, type NoteSignature } from '#evidence/signed-note.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { askWitness, type Witness, type WitnessAnswer } from './ask-witness.ts';

/** A witness has seen more of this log than this database holds, or another history of it: whoever goes on would fork the log. */
export class Behind extends Error {
  constructor(name: string, saw: string, size: bigint) {
    super(
      `The witness ${name} has cosigned ${saw}, and this database holds ${size} leaves of it. It was restored from an old copy, or changed. Bring back the newest database; the log must not go on from here.`,
    );
  }
}

/** The witnesses of a trust policy, asked side by side. */
export interface Witnesses {
  /** Names with the last answer of each. */
  readonly answers: ReadonlyMap<string, WitnessAnswer['outcome']>;
  /**
   * Asks each that is not being asked already. Resolves with the cosigned note as soon as the quorum is there, or with
   * undefined when every one has answered and it is not. Throws Behind.
   */
  cosign(ask: { signed: string; size: bigint; hashOf: HashOf }): Promise<string | undefined>;
}

/** Throws when a witness of the policy has no address: the notary could never ask it. */
export function openWitnesses(policy: TrustPolicy): Witnesses {
  const witnesses = [...policy.members].flatMap(([name, member]): Witness[] => {
    if (member.kind !== 'witness') return [];
    if (member.url === undefined) throw new Error(`The witness ${name} has no address in the trust policy. Add it at the end of its line.`);
    return [{ name, key: member.key, url: member.url }];
  });
  const answers = new Map<string, WitnessAnswer['outcome']>();
  /** What each cosigned last; from there the next consistency proof begins. */
  const seen = new Map<string, bigint>();
  const asked = new Set<string>();

  return {
    answers,
    cosign({ signed, size, hashOf }) {
      const { text, signatures } = parseNote(signed);
      const lines: NoteSignature[] = [...signatures];
      return new Promise((resolve, reject) => {
        const enough = (): string | undefined => {
          const note = printNote({ text, signatures: lines });
          return judgeCheckpoint(note, policy).ok ? note : undefined;
        };
        const free = witnesses.filter(({ name }) => !asked.has(name));
        const each = free.map(async (witness) => {
          asked.add(witness.name);
          const answer = await askWitness(witness, { signed, size, known: seen.get(witness.name) ?? 0n, hashOf });
          asked.delete(witness.name);
          answers.set(witness.name, answer.outcome);
          if (answer.outcome === 'ahead') throw new Behind(witness.name, `${answer.size} leaves`, size);
          if (answer.outcome === 'refused' && answer.status === 422) throw new Behind(witness.name, 'another history of this log', size);
          if (answer.outcome !== 'cosigned') return;
          seen.set(witness.name, size);
          lines.push(answer.signature);
          const note = enough();
          if (note) resolve(note);
        });
        Promise.all(each).then(() => resolve(enough()), reject);
      });
    },
  };
}
