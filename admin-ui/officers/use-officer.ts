import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Confirmed, Told } from '../provider/data-provider.ts';
import { problemOf } from '../provider/request.ts';
import { useSay } from '../say.ts';

export type OfficerState = { working: boolean; told: string | undefined; problem: string | undefined };

/**
 * Sends what a security officer does, confirmed with a code. While no answer has come the same Idempotency-Key is sent
 * again, so that a deed whose answer was lost counts once; any answer ends that key.
 */
export function useOfficer(send: (confirmed: Confirmed, idempotencyKey: string) => Promise<Told>): {
  act: (confirmed: Confirmed) => Promise<'answered' | 'no-answer'>;
  state: OfficerState;
} {
  const say = useSay();
  const queries = useQueryClient();
  const key = useRef<string>(undefined);
  const { mutateAsync, isPending, data, error } = useMutation({
    mutationFn: (confirmed: Confirmed) => send(confirmed, (key.current ??= crypto.randomUUID())),
    onSettled: (_, failure) => {
      if (problemOf(failure).status !== 0) key.current = undefined;
      for (const resource of ['joint-acts', 'resets', 'approvals', 'summary', 'audit'])
        void queries.invalidateQueries({ queryKey: [resource] });
    },
  });
  const { status, detail } = problemOf(error);
  const problem = error ? (status === 0 ? say('officers.noAnswer') : (detail ?? say('problem.generic'))) : undefined;
  return {
    act: (confirmed) =>
      mutateAsync(confirmed).then(
        () => 'answered',
        (failure: unknown) => (problemOf(failure).status === 0 ? 'no-answer' : 'answered'),
      ),
    state: { working: isPending, told: data?.message, problem },
  };
}
