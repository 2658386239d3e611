import { useMutation, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '../provider/request.ts';
import { useSay } from '../say.ts';
import { keyProblem } from './use-a-key.ts';

interface KeyChange<Asked> {
  run: (asked: Asked) => Promise<'done' | 'not'>;
  working: boolean;
  problem: string | undefined;
  forget: () => void;
}

/** Runs one change of the person's keys, which may ask the browser, and tells what came of it in words. */
export function useKeyChange<Asked>(change: (asked: Asked) => Promise<unknown>): KeyChange<Asked> {
  const say = useSay();
  const queries = useQueryClient();
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: change,
    onSettled: () => void queries.invalidateQueries({ queryKey: ['passkeys'] }),
    gcTime: 0,
  });
  const { status, detail } = problemOf(error);
  const ofKey = keyProblem(error);
  const problem = error ? (ofKey ? say(ofKey) : status === 0 ? say('problem.noAnswer') : (detail ?? say('problem.generic'))) : undefined;
  return {
    run: (asked) =>
      mutateAsync(asked).then(
        () => 'done',
        () => 'not',
      ),
    working: isPending,
    problem,
    forget: reset,
  };
}
