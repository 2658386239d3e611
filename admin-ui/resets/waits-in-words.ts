import { approverInWords } from '#domain/next.ts';
import type { useSay } from '../say.ts';

/** For whom a reset waits: the claimant, or the roles of every stage that is open. */
export function waitsInWords(waitingFor: string, say: ReturnType<typeof useSay>): string {
  if (waitingFor === 'claimant') return say('waits.claimant');
  const roles = waitingFor.split(' ').map((label) => (label === 'manager' ? say('stageOf.manager') : approverInWords(label, 1)));
  return say('waits.for', { who: roles.join(', ') });
}
