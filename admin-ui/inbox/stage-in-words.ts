import type { useSay } from '../say.ts';
import { words } from '../words.ts';

const LABELS = words.cs.stageOf;
type Say = ReturnType<typeof useSay>;

/** Whom a stage asks, in words; a policy may have labels of its own, which are shown as written. */
export function askedInWords(label: string, say: Say): string {
  return Object.hasOwn(LABELS, label) ? say(`stageOf.${label as keyof typeof LABELS}`) : label; // checked on the same line
}

/** One stage with its place in the order; the interface counts from nought, people do not. */
export function stageInWords({ stage, label }: { stage: number; label: string }, say: Say): string {
  return say('decision.stage', { stage: stage + 1, label: askedInWords(label, say) });
}
