import { sourcesOf } from '#domain/approval-stage.ts';
import { groupsOfPolicy } from '#domain/first-factor.ts';
import type { Policy } from '#domain/policy.ts';

/** Groups that a policy names, by its rules or for its approvers, and that the directory does not have. */
export async function missingGroups(policy: Policy, sidOf: (samAccountName: string) => Promise<string | undefined>): Promise<string[]> {
  const sources = policy.rules.flatMap(({ approvals, replaceFactors }) =>
    [...approvals, ...(replaceFactors?.approvals ?? [])].flatMap((stage) => sourcesOf(stage, stage.timers.escalate.length)),
  );
  const ofApprovers = sources.flatMap((source) => {
    if ('group' in source) return [source.group];
    if ('ownerOf' in source) return [source.ownerOf];
    return 'role' in source ? (policy.roles[source.role] ?? []) : [];
  });
  const missing: string[] = [];
  for (const name of new Set([...groupsOfPolicy(policy), ...ofApprovers])) if ((await sidOf(name)) === undefined) missing.push(name);
  return missing;
}
