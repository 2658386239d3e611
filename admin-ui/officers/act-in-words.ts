import type { JointAct } from '../records.ts';
import type { useSay } from '../say.ts';

/** What two officers do by this act. */
export function actInWords({ deed, names }: JointAct, say: ReturnType<typeof useSay>): string {
  return 'halts' in deed ? say(`officers.act.${deed.halts}`) : say('officers.act.delegate', { name: names?.from || deed.delegate.from });
}
