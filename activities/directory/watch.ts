import { ResultCodeError } from 'ldapts';
import { messageOf } from './errors.ts';
import type { Session } from './session.ts';

/** That a controller gave no answer, and how long it was waited for. */
export type Silence = { why: string; milliseconds: number };

/** A session that remembers whether the controller ever gave no answer, whatever its holder makes of the error. */
export function watch(session: Session): { session: Session; silence: () => Silence | undefined } {
  let silence: Silence | undefined;
  async function seen<T>(work: Promise<T>): Promise<T> {
    const asked = performance.now();
    try {
      return await work;
    } catch (error) {
      // A question that could not be put into bytes never left.
      const isAnswer = error instanceof ResultCodeError || error instanceof TypeError || error instanceof RangeError;
      if (!isAnswer) silence = { why: messageOf(error), milliseconds: performance.now() - asked };
      throw error;
    }
  }
  return {
    session: {
      controller: session.controller,
      search: (...asked) => seen(session.search(...asked)),
      searchAll: (...asked) => seen(session.searchAll(...asked)),
      modify: (...asked) => seen(session.modify(...asked)),
    },
    silence: () => silence,
  };
}
