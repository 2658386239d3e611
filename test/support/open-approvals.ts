import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '#db';
import { codeFromBytes, REFERENCE_SYMBOLS } from '#domain/codes.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { uuidv7 } from '#prisma/uuid.ts';

export interface Waiting {
  eligible: readonly string[];
  name?: string;
  account?: string;
  source?: string;
  dn?: string;
  stage?: number;
  label?: string;
  expiresAt?: Date | null;
  policy?: { sha256: string; rule: string };
  state?: 'waiting' | 'approved' | 'denied';
  ended?: boolean;
}

/** A statement holds 65,535 values at most. */
const BATCH = 2000;

/** Resets that wait for approval, as verifier and worker leave their rows; the last one is the newest. */
export async function openApprovals(
  owner: Database,
  all: readonly Waiting[],
): Promise<{ reset: string; approval: string; reference: string }[]> {
  const made = all.map((one) => ({
    one,
    reset: uuidv7(),
    approval: randomUUID(),
    reference: codeFromBytes(randomBytes(REFERENCE_SYMBOLS)),
  }));
  const began = Date.now() - made.length;
  for (let from = 0; from < made.length; from += BATCH) {
    const some = made.slice(from, from + BATCH);
    await owner.reset.createMany({
      data: some.map(({ one, reset, reference }) => ({
        id: reset,
        runId: randomUUID(),
        reference,
        browserHash: new Uint8Array(32),
        state: one.ended ? 'refused' : 'awaiting-approval',
        waitingFor: 'manager',
        next: {},
        accountGuid: one.account ?? randomUUID(),
        accountSid: 'S-1-5-21-1-2-3-4',
        accountName: one.name ?? 'rosa.klein',
        displayName: one.name ?? 'Rosa Klein',
        protectedBy: 'Domain Admins',
        source: one.source ?? '10.0.0.7',
        ...(one.policy ? { policySha256: one.policy.sha256, ruleId: one.policy.rule } : {}),
        ...(one.ended ? { endedAt: new Date() } : {}),
      })),
    });
    await owner.approval.createMany({
      data: some.map(({ one, reset, approval }, index) => ({
        id: approval,
        resetId: reset,
        stage: one.stage ?? 0,
        label: one.label ?? 'manager',
        state: one.state ?? 'waiting',
        approvals: one.state === 'approved' ? 1 : 0,
        eligible: [...one.eligible],
        eligibleNames: one.eligible.map((_, place) => `Approver ${place + 1}`),
        claimantDn: one.dn ?? 'CN=Rosa,OU=Tellers,DC=bank,DC=test',
        claimantGroups: [],
        openedAt: new Date(began + from + index),
        expiresAt: one.expiresAt === undefined ? new Date(Date.now() + 86_400_000) : one.expiresAt,
      })),
    });
  }
  return made.map(({ reset, approval, reference }) => ({ reset, approval, reference }));
}

export interface Recorded {
  by: string;
  decision: 'approve' | 'deny';
  stage?: number;
  reason?: string;
  onBehalfOf?: { person: string; delegation: string };
}

/** The leaf of a decision as the verifier writes it, with the reason as the API keeps it. */
export async function recordDecision(
  owner: Database,
  reset: string,
  { by, decision, stage = 0, reason, onBehalfOf }: Recorded,
): Promise<void> {
  const digest = randomBytes(32).toString('hex');
  if (reason !== undefined) await owner.statedReason.create({ data: { id: randomUUID(), text: reason, digest } });
  const behalf = onBehalfOf ? { on_behalf_of: onBehalfOf.person, delegation: onBehalfOf.delegation } : {};
  await owner.$transaction((tx) =>
    appendLeaf(
      tx,
      {
        type: 'approval.decided',
        outcome: decision === 'approve' ? 'success' : 'denied',
        reset,
        actor: { type: 'person', guid: by, sid: null, auth: { method: 'passkey', aal: '2', cred: null } },
        do: { stage, decision, reason: digest, ...behalf },
      },
      'test',
    ),
  );
}
