import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { keyProblem } from '../keys/use-a-key.ts';
import type { Decided, Stated } from '../provider/data-provider.ts';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';
import { NotWhatWasShown, signDecision } from './sign-decision.ts';

/** `unanswered`: the last try may have been recorded, and the same may be sent again. */
type DecideState = { working: boolean; recorded: Decided | undefined; problem: string | undefined; unanswered: boolean };

/** What came of one try, in words for the person. `no-answer`: nobody knows whether it was recorded, and the same may be sent again. */
export type Outcome = { kind: 'recorded' | 'refused' | 'no-answer'; words: string };

/** Without a code, or what a smart card signed, the decision is signed with the person's key. */
export type Decision = Stated & { totp?: string; card?: object };
type Sent = { asked: string; body: Stated & object; key: string };

/**
 * Sends one decision. While no answer has come the very same is sent again, signature and Idempotency-Key, so that a
 * decision whose answer was lost counts once and the key is not touched again; any answer ends that.
 */
export function useDecide(approval: Approval): { decide: (decision: Decision) => Promise<Outcome>; state: DecideState } {
  const say = useSay();
  const data = useConsoleData();
  const queries = useQueryClient();
  const sent = useRef<Sent>(undefined);
  const {
    mutateAsync,
    isPending,
    data: recorded,
    error,
  } = useMutation({
    mutationFn: async (decision: Decision) => {
      const asked = JSON.stringify(decision);
      if (sent.current?.asked !== asked) {
        const { totp, card, ...stated } = decision;
        const body =
          totp === undefined && card === undefined
            ? await signDecision(approval, stated, await data.beginDecision(approval.id, stated))
            : decision;
        sent.current = { asked, body, key: crypto.randomUUID() };
      }
      return data.decide(approval.id, sent.current.body, sent.current.key);
    },
    onSettled: (_, failure) => {
      if (problemOf(failure).status !== 0) sent.current = undefined;
      for (const resource of ['approvals', 'resets', 'summary', 'audit']) void queries.invalidateQueries({ queryKey: [resource] });
    },
  });
  return {
    decide: (decision) =>
      mutateAsync(decision).then(
        ({ message }): Outcome => ({ kind: 'recorded', words: message }),
        (failure: unknown): Outcome => ({ kind: problemOf(failure).status === 0 ? 'no-answer' : 'refused', words: problemIn(failure) }),
      ),
    state: {
      working: isPending,
      recorded,
      problem: error ? problemIn(error) : undefined,
      unanswered: error !== null && problemOf(error).status === 0,
    },
  };

  function problemIn(error: unknown): string {
    if (error instanceof NotWhatWasShown) return say('decision.notWhatYouSaw');
    const ofKey = keyProblem(error);
    if (ofKey) return say(ofKey);
    const { status, detail } = problemOf(error);
    return status === 0 ? say('decision.noAnswer') : (detail ?? say('problem.generic'));
  }
}
