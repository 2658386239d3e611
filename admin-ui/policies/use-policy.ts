import { useQuery } from '@tanstack/react-query';
import { draftStatement, POLICY_TAG, publishStatement, type PolicyDeed } from '#domain/policy-publication.ts';
import { signStatement } from '../keys/use-a-key.ts';
import { useDeed } from '../keys/use-deed.ts';
import type { SignedBy } from '../provider/data-provider.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Schema } from './schema-help.ts';

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

/** The calendars of a version, and when its stages would fall due if they opened at a moment. */
export function useCalendars(sha256: string, at: string | undefined) {
  const data = useConsoleData();
  return useQuery({
    queryKey: ['policies', sha256, 'calendars', at],
    queryFn: ({ signal }) => data.calendars(sha256, at, signal),
    placeholderData: (before) => before,
    retry: false,
  });
}

/** How a policy is written; it changes with a release only. */
export function useSchema(): Schema | undefined {
  const data = useConsoleData();
  const { data: schema } = useQuery({
    queryKey: ['policy-schema'],
    queryFn: ({ signal }) => data.policySchema(signal),
    staleTime: Infinity,
    retry: false,
  });
  return schema;
}

/** Signs a version over what this page says, and tells what came of it in words. */
export function useSign(sha256: string) {
  const data = useConsoleData();
  const { run, working, problem, answer } = useDeed({
    confirm: async ({ deed, by }: { deed: PolicyDeed; by: SignedBy }) => {
      const { replaces, draft, seen, confirmation, ...ceremony } = await data.beginPolicy(sha256, deed, by);
      const over = { policy: sha256, replaces };
      const statement = deed === 'draft' ? draftStatement(ceremony, over, seen) : publishStatement(ceremony, over, draft, seen);
      const { id, response } = await signStatement(POLICY_TAG, statement, { confirmation });
      return { deed, ceremony: ceremony.ceremony, replaces, seen, assertion: { id, response } };
    },
    send: (signed, key) => data.signPolicy(sha256, signed, key),
    touches: ['policies', 'comparison'],
  });
  return { sign: run, working, problem, message: answer?.message };
}
