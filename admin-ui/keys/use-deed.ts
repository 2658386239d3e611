import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { problemOf } from '../provider/request.ts';
import { useSay, type Word } from '../say.ts';
import { keyProblem } from './use-a-key.ts';

interface Deed<Asked, Body, Answer> {
  /** Asks for the key, or whatever else confirms it: once, while no answer has come. */
  confirm: (asked: Asked) => Promise<Body>;
  send: (body: Body, idempotencyKey: string) => Promise<Answer>;
  /** What may look different afterwards. */
  touches: readonly string[];
  /** What to say when no answer came. */
  noAnswer?: Word;
}

export interface DeedState<Answer> {
  working: boolean;
  answer: Answer | undefined;
  /** What came of it, in words, when it was not done. */
  problem: string | undefined;
}

/**
 * Does something that the person confirms with a key or a code, and tells what came of it. While no answer has come the very
 * same is sent again, signature and Idempotency-Key, so that a deed whose answer was lost counts once and the key is not
 * touched again; any answer ends that.
 */
export function useDeed<Asked, Body, Answer>({ confirm, send, touches, noAnswer = 'problem.noAnswer' }: Deed<Asked, Body, Answer>) {
  const say = useSay();
  const queries = useQueryClient();
  const sent = useRef<{ asked: string; body: Body; key: string }>(undefined);
  const { mutateAsync, isPending, error, data } = useMutation({
    mutationFn: async (given: Asked) => {
      const asked = JSON.stringify({ given });
      if (sent.current?.asked !== asked) sent.current = { asked, body: await confirm(given), key: crypto.randomUUID() };
      return send(sent.current.body, sent.current.key);
    },
    onSettled: (_, failure) => {
      if (problemOf(failure).status !== 0) sent.current = undefined;
      for (const resource of touches) void queries.invalidateQueries({ queryKey: [resource] });
    },
    gcTime: 0,
  });
  const { status, detail } = problemOf(error);
  const ofKey = keyProblem(error);
  const problem = error ? (ofKey ? say(ofKey) : status === 0 ? say(noAnswer) : (detail ?? say('problem.generic'))) : undefined;
  const run = (asked: Asked): Promise<'done' | 'refused' | 'no-answer'> =>
    mutateAsync(asked).then(
      () => 'done',
      (failure: unknown) => (problemOf(failure).status === 0 ? 'no-answer' : 'refused'),
    );
  const state: DeedState<Answer> = { working: isPending, answer: data, problem };
  return { run, ...state };
}
