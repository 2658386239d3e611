import type { LeafType } from '#domain/leaf-types.ts';
import type { Operation } from '#domain/operation.ts';
import type { ResetState } from '#domain/reset-state.ts';
import type { ResetDetail } from '../records.ts';

export const STEPS = ['prove', 'factor', 'approve', 'wait', 'replace', 'choose', 'write', 'verify', 'notify'] as const;
export type Step = (typeof STEPS)[number];
export type StepState = 'done' | 'current' | 'ahead' | 'failed';

const STEP_OF: Partial<Record<ResetState, Step>> = {
  proving: 'prove',
  'checking-factor': 'factor',
  'awaiting-approval': 'approve',
  'choosing-operation': 'factor',
  'cooling-off': 'wait',
  'replacing-factors': 'replace',
  'choosing-password': 'choose',
  writing: 'write',
  verifying: 'verify',
  notifying: 'notify',
};

/** To which step a leaf belongs; leaves that belong to none say nothing about how far it came. */
const STEP_OF_LEAF: Partial<Record<LeafType, Step>> = {
  'proof.checked': 'prove',
  'factor.checked': 'factor',
  'operation.chosen': 'factor',
  'factors.lost': 'prove',
  'replacement.waits': 'wait',
  'replacement.objected': 'wait',
  'factors.replaced': 'replace',
  'approval.requested': 'approve',
  'approval.decided': 'approve',
  'approval.refused': 'approve',
  'approval.expired': 'approve',
  'password.chosen': 'choose',
  'password.refused': 'choose',
  intent: 'write',
  'write.started': 'write',
  'write.result': 'write',
  'write.refused': 'write',
  'write.settled': 'write',
  'write.unlocked': 'write',
  'write.unlocked-there': 'notify',
  'write.verified': 'verify',
  'write.replicated': 'notify',
  'notice.created': 'notify',
};

/** What a reset does not come to: no password is chosen, tried or told to a device when an account is only unlocked, and whoever has lost every factor shows none, and nothing is written for them. */
const NOT_OF: Readonly<Record<Operation, readonly Step[]>> = {
  'new-password': ['wait', 'replace'],
  unlock: ['wait', 'replace', 'choose', 'verify', 'notify'],
  'replace-factors': ['factor', 'choose', 'write', 'verify', 'notify'],
};

/** How far a reset is, or how far it came before it ended. Only the steps that it has: approval when the rule asks for it. */
export function stepsOf(reset: Pick<ResetDetail, 'state' | 'operation' | 'timeline' | 'approvals'>): { step: Step; state: StepState }[] {
  const steps = STEPS.filter((step) => step !== 'approve' || reset.approvals.length > 0).filter(
    (step) => !NOT_OF[reset.operation].includes(step),
  );
  if (reset.state === 'done') return steps.map((step) => ({ step, state: 'done' }));
  const current = STEP_OF[reset.state];
  // Whoever has lost every factor is still at their proofs where others show one.
  const reached = Math.max(steps.indexOf(current ?? lastStep(reset.timeline)), 0);
  return steps.map((step, index) => ({
    step,
    state: index < reached ? 'done' : index > reached ? 'ahead' : current ? 'current' : 'failed',
  }));
}

function lastStep(timeline: ResetDetail['timeline']): Step {
  const known = timeline.map(({ type }) => STEP_OF_LEAF[type as LeafType]).filter((step) => step !== undefined);
  return known.at(-1) ?? 'prove';
}
