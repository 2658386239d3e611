import type { ReadStream, WriteStream } from 'node:tty';
import type { Asked } from '#domain/asked-words.ts';
import { Keyboard, type Key } from './keyboard.ts';
import { spelled, wrapped } from './plain-text.ts';

/** Whoever walks away leaves a reset that the next person could go on with; the portal's pages wait as long. */
const IDLE_MS = 300_000;
const WARN_MS = 240_000;
/** Terminals that are known to forget what they showed when told so (ECMA-48 ED; the third also forgets what scrolled away). */
const CAN_CLEAR = /^(linux|xterm|screen|tmux|vt[12]|rxvt|ansi)/;
const CLEAR = '\u001b[H\u001b[2J\u001b[3J';
/** Any other terminal scrolls. */
const LINES = 100;

/** Why a visit ends while something is asked. */
export type Gone = 'nobody-there' | 'hung-up';

/** Thrown by whatever asks, and caught by whoever ends the visit. */
export class Left extends Error {
  readonly why: Gone;
  constructor(why: Gone) {
    super(why);
    this.why = why;
  }
}

export interface Question extends Partial<Asked> {
  /** Not shown as it is typed, and its length neither. */
  unseen?: boolean;
  /** Ends the question when something else has happened meanwhile. */
  signal?: AbortSignal;
}

/**
 * The whole of what somebody sees and types: one line after the other, no colour, no cursor moved but by Backspace. A
 * screen reader reads it in order, a serial console prints it. What was typed before a question stood there counts for nothing.
 */
export class Screen {
  readonly #keys: ReadStream;
  readonly #paper: WriteStream;
  readonly #keyboard = new Keyboard();
  readonly #idle: { warn: number; end: number };
  #hear: ((key: Key) => void) | undefined;
  #leave: ((why: Gone) => void) | undefined;
  #isGone = false;
  #timers: NodeJS.Timeout[] = [];

  constructor(keys: ReadStream, paper: WriteStream, idle = { warn: WARN_MS, end: IDLE_MS }) {
    this.#keys = keys;
    this.#paper = paper;
    this.#idle = idle;
    // Raw: no key makes a signal any more, nothing is shown but what is written here, and lines have no end that the kernel sets.
    keys.setRawMode(true);
    keys.on('data', (bytes: Buffer) => this.#push(bytes));
    for (const event of ['end', 'close', 'error'] as const) {
      keys.on(event, () => this.#hangUp());
      paper.on(event, () => this.#hangUp());
    }
  }

  say(...paragraphs: readonly string[]): void {
    for (const text of paragraphs) this.#lines(wrapped(text));
  }

  title(text: string): void {
    this.#lines(['', ...wrapped(`== ${text} ==`)]);
  }

  list(items: readonly string[]): void {
    for (const item of items) this.#lines(wrapped(item, '    ', '  - '));
  }

  /** Each in one line to be read at once, and letter by letter. */
  code(label: string, ...codes: readonly string[]): void {
    this.#lines(['', ...wrapped(`${label}:`), '', ...codes.map((code) => `      ${spelled(code)}`), '']);
  }

  /** One of these by its number; undefined when Enter was pressed alone or the signal came first. */
  async choose<T extends string>(
    options: readonly ({ value: T } & Pick<Asked, 'label'> & Partial<Asked>)[],
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    options.forEach(({ label, hint }, i) => {
      this.#lines(wrapped(label, '     ', `  ${i + 1}  `));
      if (hint !== undefined) this.#lines(wrapped(hint, '     '));
    });
    for (;;) {
      const which = options.length === 1 ? 'Type 1' : `Type a number, 1 to ${options.length}`;
      const typed = await this.ask({ label: `${which}, then press Enter`, ...(signal ? { signal } : {}) });
      if (typed === undefined) return undefined;
      const chosen = /^\s*\d{1,2}\s*$/.test(typed) ? options[Number(typed) - 1] : undefined;
      if (chosen) return chosen.value;
      this.say(options.length === 1 ? 'That is not 1.' : 'That is none of these numbers.');
    }
  }

  /** What was typed; undefined when Enter was pressed alone or the signal came first. Throws `Left`. */
  async ask(question: Question): Promise<string | undefined> {
    if (question.hint !== undefined) this.say(question.hint);
    if (question.unseen) this.say('Nothing is shown while you type it.');
    for (;;) {
      const answer = await this.#once(question);
      if (answer === undefined || answer.kind === 'line') return answer === undefined || answer.text === '' ? undefined : answer.text;
      this.say(
        answer.kind === 'too-long'
          ? 'That line was too long. Nothing of it was kept. Type it again.'
          : 'Some of that could not be read: this terminal does not send it as UTF-8. Nothing of it was kept. Type it again.',
      );
    }
  }

  /** Leaves nothing to be read for the next person, and the terminal as it was. */
  wipe(term: string | undefined): void {
    this.#timers.forEach(clearTimeout);
    if (this.#isGone) return;
    this.#paper.write(CAN_CLEAR.test(term ?? '') ? CLEAR : '\r\n'.repeat(LINES));
    this.#keys.setRawMode(false);
    this.#keys.pause();
  }

  #once({ label = '', unseen = false, signal }: Question): Promise<Extract<Key, { kind: 'line' | 'too-long' | 'not-utf8' }> | undefined> {
    if (this.#isGone) throw new Left('hung-up');
    if (signal?.aborted) return Promise.resolve(undefined);
    this.#keyboard.clear();
    this.#prompt(label);
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        this.#timers.forEach(clearTimeout);
        this.#hear = undefined;
        this.#leave = undefined;
        signal?.removeEventListener('abort', stop);
        this.#keyboard.clear();
        settle();
      };
      const stop = () => {
        this.#paper.write('\r\n');
        end(() => resolve(undefined));
      };
      const somebodyIsThere = () => {
        this.#timers.forEach(clearTimeout);
        const warn = () => this.say('', 'Are you still there? In one minute this screen lets go of your reset. Press any key to stay.');
        this.#timers = [setTimeout(warn, this.#idle.warn), setTimeout(() => this.#leave?.('nobody-there'), this.#idle.end)];
      };
      this.#leave = (why) => end(() => reject(new Left(why)));
      this.#hear = (key) => {
        somebodyIsThere();
        if (key.kind === 'typed') {
          if (!unseen && !/\p{Cf}/u.test(key.letter)) this.#paper.write(key.letter);
        } else if (key.kind === 'erased') {
          if (!unseen) this.#paper.write('\b \b');
        } else if (key.kind === 'wants-out') {
          this.#paper.write('\r\n');
          this.say('To leave, press Enter alone: then you are asked.');
          this.#keyboard.clear();
          this.#prompt(label);
        } else {
          this.#paper.write('\r\n');
          end(() => resolve(key));
        }
      };
      signal?.addEventListener('abort', stop);
      somebodyIsThere();
    });
  }

  #prompt(label: string): void {
    const lines = wrapped(`${label}:`);
    this.#lines(['', ...lines.slice(0, -1)]);
    this.#paper.write(`${lines.at(-1) ?? ''} `);
  }

  #push(bytes: Buffer): void {
    for (const key of this.#keyboard.push(bytes, performance.now())) {
      if (this.#hear) this.#hear(key);
      // One line answers one question: what comes behind it in the same breath was meant for none.
      else this.#keyboard.clear();
    }
    bytes.fill(0);
  }

  #hangUp(): void {
    this.#isGone = true;
    this.#leave?.('hung-up');
  }

  #lines(lines: readonly string[]): void {
    if (!this.#isGone) for (const line of lines) this.#paper.write(`${line}\r\n`);
  }
}
