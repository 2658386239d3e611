import { Malformed } from './malformed.ts';
import { printBytes, readDecimal, readHash } from './wire-text.ts';

/**
 * What an add-checkpoint request and a log proof have in common: a line with a word and a number, lines with a hash each,
 * an empty line, and then a checkpoint, verbatim.
 */
export interface NumberAndHashes {
  readonly number: bigint;
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint as it came, not checked. */
  readonly checkpoint: string;
}

/** No tree of fewer than 2^63 leaves needs more, and tlog-witness forbids more. */
const MAX_HASHES = 63;

/** Throws Malformed, also for more than 63 hashes. */
export function parseNumberAndHashes(text: string, word: string): NumberAndHashes {
  const split = text.indexOf('\n\n');
  if (split < 0) throw new Malformed('there is no empty line before the checkpoint');
  const [first = '', ...lines] = text.slice(0, split).split('\n');
  const number = first.startsWith(`${word} `) ? readDecimal(first.slice(word.length + 1)) : undefined;
  if (number === undefined) throw new Malformed(`the line "${word} <number>" is missing`);
  if (lines.length > MAX_HASHES) throw new Malformed(`a proof has at most ${MAX_HASHES} hashes`);
  const hashes = lines.map((line) => {
    const hash = readHash(line);
    if (!hash) throw new Malformed('a line of the proof is not a 32-byte hash in base64');
    return hash;
  });
  return { number, hashes, checkpoint: text.slice(split + 2) };
}

export function printNumberAndHashes(word: string, { number, hashes, checkpoint }: NumberAndHashes): string {
  return `${word} ${number}\n${hashes.map((hash) => `${printBytes(hash)}\n`).join('')}\n${checkpoint}`;
}
