import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keyProblem } from '../keys/use-a-key.ts';
import { problemOf } from '../provider/request.ts';
import { useSay } from '../say.ts';

/** Makes or ends a delegation, which may ask the browser for a key, and tells what came of it in words. */
export function useDeed<Asked>(deed: (asked: Asked) => Promise<unknown>) {
  const say = useSay();
  const queries = useQueryClient();
  const { mutateAsync, isPending, error } = useMutation({
    mutationFn: deed,
    onSettled: () => {
      for (const resource of ['delegations', 'approvals', 'summary']) void queries.invalidateQueries({ queryKey: [resource] });
    },
    gcTime: 0,
  });
  const { status, detail } = problemOf(error);
  const ofKey = keyProblem(error);
  const problem = error ? (ofKey ? say(ofKey) : status === 0 ? say('problem.noAnswer') : (detail ?? say('problem.generic'))) : undefined;
  const run = (asked: Asked): Promise<'done' | 'not'> =>
    mutateAsync(asked).then(
      () => 'done',
      () => 'not',
    );
  return { run, working: isPending, problem };
}
