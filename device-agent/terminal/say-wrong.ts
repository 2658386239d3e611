import { problemLines, type FormProblem } from '#domain/form-problems.ts';
import { Told } from './answers.ts';
import type { Screen } from './screen.ts';

/** Says what is wrong with what was typed, by its shape; whether anything is. */
export function sayWrong(screen: Screen, codes: readonly FormProblem[]): boolean {
  screen.say(...problemLines({ codes }).map(({ words }) => words));
  return codes.length > 0;
}

/** The answer; undefined after saying why there is none. Of the refusals, only these are meant where some are named. */
export async function told<T>(screen: Screen, answer: Promise<T>, only?: readonly string[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Told) || (only && !only.includes(error.code))) throw error;
    screen.say('', ...error.lines);
    return undefined;
  }
}
