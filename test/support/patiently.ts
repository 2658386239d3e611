import { setTimeout } from 'node:timers/promises';
import type { Answer } from './http-client.ts';

/** The same again until it does not throw, a minute at most unless more is given: a part that was killed is back, but what was open to it is opened anew. */
export async function patiently<T>(attempt: () => Promise<T>, seconds = 60): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > until) throw error;
      await setTimeout(50); // leaves the cores to the parts between two tries
    }
  }
}

/** Throws an answer that only says that a part is away just now. */
export function unlessGap<T>(answer: Answer<T>): Answer<T> {
  if (answer.status >= 500) throw new Error(answer.text);
  return answer;
}
