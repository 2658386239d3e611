import { Malformed } from './malformed.ts';
import { openNote, parseNote, printNote, signText } from './signed-note.ts';
import type { Signer } from './signer-key.ts';
import { parseVerifierKey, printVerifierKey, type VerifierKey } from './verifier-key.ts';

/**
 * That one key takes the place of another: a signed note (C2SP signed-note v1.0.0) of three lines, signed by both. The
 * old key says who follows it, the new one that somebody holds it. It is not enough that the note is signed: whoever
 * stole the old key can make one too, so an auditor also compares it with the minutes of the ceremony.
 */
export interface KeyRotation {
  readonly old: VerifierKey;
  readonly fresh: VerifierKey;
}

const TITLE = 'countersign key rotation v1';

/** The note, signed by both keys; of cosigners at this time, POSIX seconds. Throws Malformed when the two do not follow each other. */
export function signRotation(old: Signer, fresh: Signer, time = 0n): string {
  checkPair({ old: old.verifier, fresh: fresh.verifier });
  const text = `${TITLE}\n${printVerifierKey(old.verifier)}\n${printVerifierKey(fresh.verifier)}\n`;
  return printNote({ text, signatures: [signText(text, old, time), signText(text, fresh, time)] });
}

/** Opens a rotation with the keys that it names itself. Throws Malformed when one of the two has not signed it. */
export function openRotation(note: string | Uint8Array): KeyRotation {
  const { text } = parseNote(note);
  const [title, old = '', fresh = '', rest, ...more] = text.split('\n');
  if (title !== TITLE || rest !== '' || more.length > 0) throw new Malformed('it is no note of a key rotation');
  const keys = { old: parseVerifierKey(old), fresh: parseVerifierKey(fresh) };
  checkPair(keys);
  for (const key of [keys.old, keys.fresh]) {
    const opened = openNote(note, [key]);
    if (!opened.ok) throw new Malformed(`the ${key === keys.old ? 'old' : 'new'} key has not signed the rotation: ${opened.sentence}`);
  }
  return keys;
}

function checkPair({ old, fresh }: KeyRotation): void {
  if (old.publicKey.equals(fresh.publicKey)) throw new Malformed('the new key is the old one');
  if (old.type !== fresh.type) throw new Malformed('the new key is of another type than the old one');
  if (old.name !== fresh.name)
    throw new Malformed(`the new key is named ${fresh.name}, the old one ${old.name}; a key is followed by one of its name`);
}
