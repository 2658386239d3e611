import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Decided, Decision } from '../provider/data-provider.ts';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';

type DecideState = { working: boolean; recorded: Decided | undefined; problem: string | undefined };

/**
 * Sends one decision. While no answer has come the same Idempotency-Key is sent again, so that a decision whose answer
 * was lost counts once; any answer ends that key.
 */
export function useDecide(approval: Approval): { decide: (decision: Decision) => Promise<'answered' | 'no-answer'>; state: DecideState } {
  const say = useSay();
  const data = useConsoleData();
  const queries = useQueryClient();
  const key = useRef<string>(undefined);
  const {
    mutateAsync,
    isPending,
    data: recorded,
    error,
  } = useMutation({
    mutationFn: (decision: Decision) => data.decide(approval.id, decision, (key.current ??= crypto.randomUUID())),
    onSettled: (_, failure) => {
      if (problemOf(failure).status !== 0) key.current = undefined;
      for (const resource of ['approvals', 'resets', 'summary', 'audit']) void queries.invalidateQueries({ queryKey: [resource] });
    },
  });
  const { status, detail } = problemOf(error);
  const problem = error ? (status === 0 ? say('decision.noAnswer') : (detail ?? say('problem.generic'))) : undefined;
  return {
    decide: (decision) =>
      mutateAsync(decision).then(
        () => 'answered',
        (failure: unknown) => (problemOf(failure).status === 0 ? 'no-answer' : 'answered'),
      ),
    state: { working: isPending, recorded, problem },
  };
}
