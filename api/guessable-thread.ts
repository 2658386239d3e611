import { parentPort } from 'node:worker_threads';
import type { GuessAnswer, GuessQuestion } from './guessable.ts';
import { whatIsGuessable } from './what-is-guessable.ts';

/** The thread of guessable.ts: answers question after question, and keeps nothing of them. */
parentPort?.on('message', ({ id, password, known }: GuessQuestion) => {
  const answer: GuessAnswer = { id, reasons: whatIsGuessable(password, known) };
  parentPort?.postMessage(answer);
});
