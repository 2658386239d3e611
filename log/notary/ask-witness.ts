import { consistencyParts, makeProof } from '#evidence/merkle-proof.ts';
import type { HashOf } from '#evidence/merkle-tree.ts';
import { openNote, parseNote, parseSignatureLines, printNote, type NoteSignature } from '#evidence/signed-note.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import { printAddCheckpoint, SIZE_CONTENT_TYPE } from '#evidence/witness-protocol.ts';
import { exchange } from './exchange.ts';

/** A witness as the notary speaks to it: any that serves C2SP tlog-witness v1.0.0. */
export interface Witness {
  name: string;
  key: VerifierKey;
  url: string;
}

export type WitnessAnswer =
  | { outcome: 'cosigned'; signature: NoteSignature }
  /** It says that it has seen a larger tree of this log than ours. */
  | { outcome: 'ahead'; size: bigint }
  /** It holds another tree of this size, or does not know this log or its key. */
  | { outcome: 'refused'; status: number }
  | { outcome: 'away' };

/**
 * Asks a witness to cosign a checkpoint. `known` is the size that it is thought to have seen; it says so when that is
 * wrong, and is asked once more from there. Never throws for what a witness does: one that lies or fails is one that is
 * away or refuses.
 */
export async function askWitness(
  witness: Witness,
  ask: { signed: string; size: bigint; known: bigint; hashOf: HashOf },
): Promise<WitnessAnswer> {
  let known = ask.known;
  for (let tries = 0; tries < 2; tries++) {
    const proof = makeProof(consistencyParts(known, ask.size), ask.hashOf);
    const body = printAddCheckpoint({ oldSize: known, proof, checkpoint: ask.signed });
    const answer = await exchange(witness.url, 'add-checkpoint', body);
    if (!answer) return { outcome: 'away' };
    if (answer.status === 200) {
      const signature = itsSignature(answer.text, ask.signed, witness.key);
      return signature ? { outcome: 'cosigned', signature } : { outcome: 'refused', status: 200 };
    }
    if (answer.status >= 500) return { outcome: 'away' };
    if (answer.status !== 409 || answer.type !== SIZE_CONTENT_TYPE || !/^\d{1,19}\n?$/.test(answer.text))
      return { outcome: 'refused', status: answer.status };
    known = BigInt(answer.text.trim());
    if (known > ask.size) return { outcome: 'ahead', size: known };
  }
  return { outcome: 'away' };
}

/** The line of this witness, and only when it verifies over our own text: a wrong one would spoil the whole note. */
function itsSignature(lines: string, signed: string, key: VerifierKey): NoteSignature | undefined {
  try {
    const { text } = parseNote(signed);
    const line = parseSignatureLines(lines).find(({ name, id }) => name === key.name && id === key.id);
    return line && openNote(printNote({ text, signatures: [line] }), [key]).ok ? line : undefined;
  } catch {
    return undefined;
  }
}
