import { useQuery } from '@tanstack/react-query';
import { draftStatement, POLICY_TAG, publishStatement, type PolicyDeed } from '#domain/policy-publication.ts';
import { signStatement } from '../keys/use-a-key.ts';
import { useDeed } from '../keys/use-deed.ts';
import { useConsoleData } from '../provider/use-console-data.ts';

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
  const data = useConsoleData();
  const { run, working, problem, answer } = useDeed({
    confirm: async (deed: PolicyDeed) => {
      const { replaces, draft, confirmation, ...ceremony } = await data.beginPolicy(sha256, deed);
      const over = { policy: sha256, replaces };
      const statement = deed === 'draft' ? draftStatement(ceremony, over) : publishStatement(ceremony, over, draft);
      const { id, response } = await signStatement(POLICY_TAG, statement, { confirmation });
      return { deed, ceremony: ceremony.ceremony, replaces, assertion: { id, response } };
    },
    send: (signed, key) => data.signPolicy(sha256, signed, key),
    touches: ['policies'],
  });
  return { sign: run, working, problem, message: answer?.message };
}
