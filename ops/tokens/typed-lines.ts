import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { Sentence } from '../sentence.ts';

/**
 * One line of standard input for each question, without its line end. On a terminal it asks, and shows nothing of what is
 * typed. Throws Sentence when a line is missing or empty.
 */
export async function typedLines(
  input: Readable & { isTTY?: boolean },
  ask: (text: string) => void,
  questions: readonly string[],
): Promise<string[]> {
  const terminal = input.isTTY ?? false;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal });
  const reader = lines[Symbol.asyncIterator]();
  const answers: string[] = [];
  try {
    for (const question of questions) {
      if (terminal) ask(`${question}: `);
      const line = await reader.next();
      if (terminal) ask('\n');
      const answer = line.done ? '' : line.value.trim();
      if (answer === '')
        throw new Sentence(`Nothing was typed for "${question}". It is asked for here, or read as a line of standard input.`);
      answers.push(answer);
    }
    return answers;
  } finally {
    lines.close();
  }
}
