import { printTrustPolicy, parseTrustPolicy } from '#evidence/trust-policy.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { Malformed } from '#evidence/malformed.ts';
import type { BundleParts } from './bundle-parts.ts';
import type { Finding } from './finding.ts';
import type { Auditor } from './verify-bundle.ts';

/** Whether the copies in `trust/`, which nothing is judged by, are what the auditor brought along. A note, since a policy may be newer than theirs. */
export function checkCopies({ trust }: Pick<BundleParts, 'trust'>, { policy, verifierKey, exportKey }: Auditor): Finding {
  const mine = verifierKey?.export({ type: 'spki', format: 'pem' }).toString();
  const others = [
    ...(isSame(trust.policy, policy) ? [] : ['trust/policy.tlog']),
    ...(mine === undefined || mine === trust.verifierKey ? [] : ['trust/verifier.pem']),
    ...(exportKey === undefined || printVerifierKey(exportKey) === trust.exportKey ? [] : ['trust/export.vkey']),
  ];
  return {
    check: 'The copies of policy and keys in the archive are the ones that you brought',
    serves: 'NIST SP 800-53 AU-10, SC-12',
    verdict: others.length === 0 ? 'pass' : 'unknown',
    said:
      others.length === 0
        ? 'as far as you named yours'
        : `${others.join(', ')}: other than yours. Nothing was judged by it; find out which of the two the minutes name`,
  };
}

function isSame(text: string, policy: Auditor['policy']): boolean {
  try {
    return printTrustPolicy(parseTrustPolicy(text)) === printTrustPolicy(policy);
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}
