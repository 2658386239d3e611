import type { JointAct } from '../records.ts';
import type { useSay } from '../say.ts';

/** What two officers do by this act. */
export function actInWords({ deed, names }: JointAct, say: ReturnType<typeof useSay>): string {
  if ('campaign' in deed) return say('officers.act.campaign', { name: deed.campaign.name });
  return 'halts' in deed ? say(`officers.act.${deed.halts}`) : say('officers.act.delegate', { name: names?.from || deed.delegate.from });
}
