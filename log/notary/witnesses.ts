import { parseNote, printNote, type NoteSignature } from '#evidence/signed-note.ts';
import { couldWitness, judgeCheckpoint } from '#evidence/quorum.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import { askWitness, type Witness, type WitnessAnswer } from './ask-witness.ts';
import { provenOtherwise, type OwnTree } from './what-it-saw.ts';

/** Somebody has seen more of this log than this database holds, or another history of it: whoever goes on would fork the log. */
export class Behind extends Error {
  constructor(who: string, saw: string, size: bigint) {
    super(
      `${who} has seen ${saw}, and this database holds ${size} leaves of it. It was restored from an old copy, or changed. Bring back the newest database; the log must not go on from here.`,
    );
  }
}

/** The witnesses of a trust policy, asked side by side. */
export interface Witnesses {
  /** Names with the last answer of each. */
  readonly answers: ReadonlyMap<string, WitnessAnswer['outcome']>;
  /**
   * Asks each for its cosignature; one that is still busy with an older checkpoint, as soon as it is free. Resolves with
   * the cosigned note when the quorum is there (with `everyone`, when also all have answered), or with undefined when all
   * have answered and it is not. Throws Behind when a witness proves that it has seen what this tree does not lead to,
   * now or since the last call; and on its word alone when there is no quorum either, for then going on is worth nothing.
   */
  cosign(ask: OwnTree & { signed: string; everyone?: boolean }): Promise<string | undefined>;
}

/**
 * `logs` are the keys of this log, those of earlier times too. A witness without an address (the former key of one that
 * has another now) is not asked. Throws when the others could never be the quorum.
 */
export function openWitnesses(policy: TrustPolicy, logs: readonly VerifierKey[]): Witnesses {
  const witnesses = [...policy.members].flatMap(([name, member]): Witness[] =>
    member.kind === 'witness' && member.url !== undefined ? [{ name, key: member.key, url: member.url }] : [],
  );
  if (!couldWitness(policy, new Set(witnesses.map(({ name }) => name))))
    throw new Error(
      'The witnesses that have an address in the trust policy are too few for its quorum. Add the address at the end of a line.',
    );
  const answers = new Map<string, WitnessAnswer['outcome']>();
  /** What each cosigned last; from there the next consistency proof begins. */
  const seen = new Map<string, bigint>();
  const busy = new Map<string, Promise<WitnessAnswer>>();
  let proven: Behind | undefined;

  const answerOf = async (witness: Witness, ask: OwnTree & { signed: string }): Promise<WitnessAnswer> => {
    const { name, url } = witness;
    const answer = await askWitness(witness, { ...ask, known: seen.get(name) ?? 0n });
    answers.set(name, answer.outcome);
    if (answer.outcome === 'cosigned') seen.set(name, ask.size);
    if (disagrees(answer)) {
      const size = await provenOtherwise(url, logs, ask);
      if (size !== undefined) proven = new Behind(`The witness ${name}`, `another history of this log, of ${size} leaves`, ask.size);
    }
    return answer;
  };

  return {
    answers,
    async cosign({ everyone = false, ...ask }) {
      if (proven) throw proven;
      const { text, signatures } = parseNote(ask.signed);
      const lines: NoteSignature[] = [...signatures];
      const doubts: Behind[] = [];
      let note: string | undefined;
      const quorum = Promise.withResolvers<string>();
      const all = (async () => {
        await Promise.all(
          witnesses.map(async (witness) => {
            await busy.get(witness.name)?.catch(() => {});
            if (note !== undefined && !everyone) return;
            const asked = answerOf(witness, ask);
            busy.set(witness.name, asked);
            const answer = await asked;
            if (answer.outcome === 'ahead') doubts.push(new Behind(`The witness ${witness.name}`, `${answer.size} leaves`, ask.size));
            else if (disagrees(answer)) doubts.push(new Behind(`The witness ${witness.name}`, 'another history of this log', ask.size));
            if (answer.outcome !== 'cosigned') return;
            lines.push(answer.signature);
            const cosigned = printNote({ text, signatures: lines });
            if (judgeCheckpoint(cosigned, policy).ok) quorum.resolve((note = cosigned));
          }),
        );
        const stop = proven ?? (note === undefined ? doubts[0] : undefined);
        if (stop) throw stop;
        return note;
      })();
      // Whatever a slow one answers after the quorum is there is kept for the next call.
      return everyone ? all : Promise.race([all, quorum.promise]);
    },
  };
}

/** 422 of tlog-witness: no consistency, or another root for the same size. */
const disagrees = (answer: WitnessAnswer): boolean => answer.outcome === 'ahead' || (answer.outcome === 'refused' && answer.status === 422);
