import { Chip, type Tone } from '../frame/chip.tsx';
import type { ApprovalState } from '../records.ts';
import { useSay } from '../say.ts';

const TONES = {
  waiting: 'warning',
  approved: 'success',
  denied: 'error',
  expired: 'neutral',
  'not-reached': 'neutral',
  'set-aside': 'neutral',
} as const satisfies Record<ApprovalState, Tone>;

/** The state of one stage. A stage that was never decided reads differently once its reset is over. */
export function ApprovalChip({ state, over = false }: { state: ApprovalState; over?: boolean }) {
  const say = useSay();
  return <Chip tone={TONES[state]}>{say(state === 'not-reached' && over ? 'approval.undecided' : `approval.${state}`)}</Chip>;
}
