import { TextDecoder } from 'node:util';

/** What came of some bytes of the keyboard. */
export type Key =
  | { kind: 'typed'; letter: string }
  | { kind: 'erased' }
  | { kind: 'line'; text: string }
  | { kind: 'too-long' }
  | { kind: 'not-utf8' }
  /** Ctrl-C, Ctrl-D, Ctrl-Z or Ctrl-\: said, and otherwise without effect. */
  | { kind: 'wants-out' };

/** The longest that anything here takes, and what a line may hold besides until it ends. */
const LONGEST = 512;
/** A sequence of an arrow or function key comes in one go; whatever comes later is typed. */
const SEQUENCE_MS = 100;
const [ETX, EOT, BS, LF, CR, NAK, SUB, ESC, FS, DEL] = [3, 4, 8, 10, 13, 21, 26, 27, 28, 127];
const WANTS_OUT: readonly (number | undefined)[] = [ETX, EOT, SUB, FS];

type Mode = 'plain' | 'escape' | 'sequence' | 'string' | 'one-more';

/**
 * Reads one line from a terminal in raw mode, where the kernel makes no signal of any key. Only printable characters get
 * into a line: NUL, other controls and the sequences of keys are dropped whole. A line that grows too long is forgotten as
 * it grows, however long it becomes.
 */
export class Keyboard {
  #letters: string[] = [];
  #mode: Mode = 'plain';
  #last = 0;
  #afterReturn = false;
  #spoiled: 'too-long' | 'not-utf8' | undefined;
  #pending: number[] = [];

  /** Forgets what was typed so far, also before anybody asked for it. */
  clear(): void {
    this.#letters = [];
    this.#pending = [];
    this.#spoiled = undefined;
    this.#mode = 'plain';
  }

  /** `now`: milliseconds of any steady clock. */
  *push(bytes: Uint8Array, now: number): Generator<Key> {
    if (now - this.#last > SEQUENCE_MS) this.#mode = 'plain';
    this.#last = now;
    for (const byte of bytes) {
      if (this.#mode !== 'plain') this.#skip(byte);
      else yield* this.#take(byte);
    }
  }

  *#take(byte: number): Generator<Key> {
    const isSecondOfEnd = byte === LF && this.#afterReturn;
    this.#afterReturn = byte === CR;
    if (isSecondOfEnd) return;
    if (byte === CR || byte === LF) yield this.#end();
    else if (byte === ESC) this.#mode = 'escape';
    else if (byte === BS || byte === DEL) yield* this.#erase(1);
    else if (byte === NAK) yield* this.#erase(this.#letters.length);
    else if (WANTS_OUT.includes(byte)) yield { kind: 'wants-out' };
    else if (byte >= 32) yield* this.#letter(byte);
  }

  #skip(byte: number): void {
    if (this.#mode === 'escape') {
      // ECMA-48 §5.4: CSI; SS3 of old keypads; DCS, SOS, OSC, PM and APC, which are strings; anything else is one more byte.
      const after = String.fromCharCode(byte);
      this.#mode = after === '[' ? 'sequence' : after === 'O' ? 'one-more' : 'PX]^_'.includes(after) ? 'string' : 'plain';
    } else if (this.#mode === 'one-more') this.#mode = 'plain';
    else if (this.#mode === 'sequence' && byte >= 0x40 && byte <= 0x7e) this.#mode = 'plain';
    else if (this.#mode === 'string' && (byte === 7 || byte === ESC)) this.#mode = byte === ESC ? 'one-more' : 'plain';
    else if (byte === CR) this.#mode = 'plain';
  }

  *#letter(byte: number): Generator<Key> {
    if (this.#spoiled) return;
    this.#pending.push(byte);
    const letter = decoded(this.#pending);
    if (letter === 'incomplete') return;
    this.#pending = [];
    if (letter === 'wrong') this.#spoil('not-utf8');
    else if (this.#letters.length === LONGEST) this.#spoil('too-long');
    else if (!/\p{Cc}/u.test(letter)) {
      this.#letters.push(letter);
      yield { kind: 'typed', letter };
    }
  }

  #spoil(why: 'too-long' | 'not-utf8'): void {
    this.#letters = [];
    this.#spoiled = why;
  }

  *#erase(count: number): Generator<Key> {
    for (let left = count; left > 0 && this.#letters.length > 0; left -= 1) {
      this.#letters.pop();
      yield { kind: 'erased' };
    }
  }

  #end(): Key {
    const kind = this.#pending.length > 0 ? 'not-utf8' : this.#spoiled;
    const text = this.#letters.join('');
    this.clear();
    return kind ? { kind } : { kind: 'line', text };
  }
}

/** One character of UTF-8, RFC 3629. */
function decoded(bytes: readonly number[]): string {
  const [first = 0] = bytes;
  const length =
    first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0) return 'wrong';
  if (bytes.slice(1).some((byte) => (byte & 0xc0) !== 0x80)) return 'wrong';
  if (bytes.length < length) return 'incomplete';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return 'wrong';
  }
}
