import { Worker } from 'node:worker_threads';
import { Refusal, type PasswordReason } from '#domain/refusals.ts';

/** What a password is looked at with: words that others know of the person, and words of the place. */
export interface GuessedWith {
  own: readonly string[];
  site: readonly string[];
}
export type Guessable = Extract<PasswordReason, 'own-words' | 'site-word' | 'keyboard-run'>;
export type AskGuessable = (password: string, known: GuessedWith) => Promise<Guessable[]>;

/** Between the thread and whoever asks. */
export type GuessQuestion = { id: number; password: string; known: GuessedWith };
export type GuessAnswer = { id: number; reasons: Guessable[] };

/** The longest password that is taken needs some 40 ms, and a thread less than a second to start; what takes longer is not waited for. */
const MOST_MS = 15_000;
const MOST_MEGABYTES = 128;

/**
 * Asks in a thread of its own whether a password is made of nothing but what anybody would try (api/what-is-guessable.ts), so that other
 * people's requests never wait for it. One question at a time; a thread that does not answer within 15 seconds, or dies, is ended and its
 * question refused as `service-unavailable`: nothing is let through that was not looked at.
 */
export function guessableInAThread(): AskGuessable {
  let thread: Worker | undefined;
  const startThread = (): Worker => {
    const started = new Worker(new URL('./guessable-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    const forget = (): void => {
      if (thread === started) thread = undefined;
    };
    started.on('error', forget).on('exit', forget);
    // A question keeps the process by its timer; the thread alone does not.
    started.unref();
    return started;
  };
  let last: Promise<unknown> = Promise.resolve();
  let id = 0;
  const ask = (password: string, known: GuessedWith): Promise<Guessable[]> =>
    new Promise((resolve, reject) => {
      const asked = (thread ??= startThread());
      const question: GuessQuestion = { id: ++id, password, known };
      const done = (): void => {
        clearTimeout(timer);
        asked.off('message', answered).off('error', fail).off('exit', fail);
      };
      const answered = ({ id, reasons }: GuessAnswer): void => {
        if (id !== question.id) return;
        done();
        resolve(reasons);
      };
      const fail = (): void => {
        done();
        void asked.terminate();
        reject(new Refusal('service-unavailable', { retryAfterSeconds: 10 }));
      };
      const timer = setTimeout(fail, MOST_MS);
      asked.on('message', answered).on('error', fail).on('exit', fail);
      asked.postMessage(question);
    });
  thread = startThread();
  return (password, known) => {
    const answer = last.then(() => ask(password, known));
    last = answer.catch(() => {});
    return answer;
  };
}
