import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { draftStatement, POLICY_TAG, publishStatement, type PolicyDeed } from '#domain/policy-publication.ts';
import { keyProblem, signStatement } from '../keys/use-a-key.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { problemOf } from '../provider/request.ts';
import { useSay } from '../say.ts';

export function useVersions() {
  const data = useConsoleData();
  return useQuery({ queryKey: ['policies'], queryFn: ({ signal }) => data.policies(signal), retry: false });
}

/** One version with its text; none as long as no hash is known. */
export function useVersion(sha256: string | undefined) {
  const data = useConsoleData();
  return useQuery({
    queryKey: ['policies', sha256],
    queryFn: ({ signal }) => data.policy(sha256 ?? '', signal),
    enabled: sha256 !== undefined,
    retry: false,
  });
}

/** Signs a version over what this page says, and tells what came of it in words. */
export function useSign(sha256: string) {
  const say = useSay();
  const data = useConsoleData();
  const queries = useQueryClient();
  const {
    mutate,
    isPending,
    error,
    data: answer,
  } = useMutation({
    mutationFn: async (deed: PolicyDeed) => {
      const { replaces, draft, confirmation, ...ceremony } = await data.beginPolicy(sha256, deed);
      const over = { policy: sha256, replaces };
      const statement = deed === 'draft' ? draftStatement(ceremony, over) : publishStatement(ceremony, over, draft);
      const { id, response } = await signStatement(POLICY_TAG, statement, { confirmation });
      return data.signPolicy(sha256, { deed, ceremony: ceremony.ceremony, replaces, assertion: { id, response } });
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['policies'] }),
    gcTime: 0,
  });
  const { status, detail } = problemOf(error);
  const ofKey = keyProblem(error);
  const problem = error ? (ofKey ? say(ofKey) : status === 0 ? say('problem.noAnswer') : (detail ?? say('problem.generic'))) : undefined;
  return { sign: mutate, working: isPending, problem, message: answer?.message };
}
