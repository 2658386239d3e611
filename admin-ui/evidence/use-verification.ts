import { useMutation } from '@tanstack/react-query';
import type { ResetEvidence } from '../records.ts';
import type { Verdict } from './verdict.ts';

/** Verifies when it is asked to; the code that does is fetched then, since few need it. */
export function useVerification() {
  return useMutation<Verdict, Error, { evidence: ResetEvidence; policyFile: File | undefined }>({
    mutationFn: async ({ evidence, policyFile }) => {
      const { verifyEvidence } = await import('./verify-evidence.ts');
      return verifyEvidence(evidence, await policyFile?.text());
    },
  });
}
