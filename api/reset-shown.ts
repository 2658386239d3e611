import type { Prisma } from '#db';
import type { ResetShown } from '#domain/decision-statement.ts';
import { operation } from './shapes.ts';
import type { Methods } from './timeline.ts';

/** What of a reset is shown to whoever signs about it, and what the statement about it names. */
export const signedAboutColumns = {
  runId: true,
  accountGuid: true,
  accountName: true,
  displayName: true,
  protectedBy: true,
  operation: true,
  policySha256: true,
  ruleId: true,
  source: true,
  startedAt: true,
  endedAt: true,
} as const;

/** What the page shows of a reset, be it to an approver or to an officer; the verifier puts it together again from what it knows. */
export function resetShown(
  id: string,
  reset: Prisma.ResetGetPayload<{ select: typeof signedAboutColumns }>,
  methods: Methods | undefined,
): ResetShown {
  return {
    reset: id,
    operation: operation.parse(reset.operation),
    displayName: reset.displayName ?? '',
    accountName: reset.accountName ?? '',
    account: reset.accountGuid ?? '',
    protectedBy: reset.protectedBy,
    source: reset.source,
    startedAt: reset.startedAt,
    proofs: [...(methods?.proofs ?? [])],
    factors: [...(methods?.factors ?? [])],
    knownBy: [...(methods?.knownBy ?? [])],
  };
}
