import type { StageOfReset, TimelineEntry } from '../records.ts';

export type TimelineItem =
  | { kind: 'entry'; entry: TimelineEntry }
  | { kind: 'wait'; id: string; milliseconds: number; waitedFor: string | null };

/** Shorter pauses are only the time that the steps themselves took. */
const LEAST_MS = 5_000;
/** A pause is worth a line of its own from this part of the whole (after Temporal's own timeline). */
const LEAST_PART = 0.1;

/**
 * The entries in time order with the longer pauses between them as items of their own. A pause that lies within a stage
 * of approval says who was waited for.
 */
export function withWaits(entries: readonly TimelineEntry[], stages: readonly StageOfReset[]): TimelineItem[] {
  const ordered = [...entries].sort((a, b) => a.at.localeCompare(b.at));
  const [first] = ordered;
  const last = ordered.at(-1);
  const whole = first && last ? Date.parse(last.at) - Date.parse(first.at) : 0;
  return ordered.flatMap((entry, index): TimelineItem[] => {
    const item: TimelineItem = { kind: 'entry', entry };
    const before = ordered[index - 1];
    if (!before) return [item];
    const from = Date.parse(before.at);
    const milliseconds = Date.parse(entry.at) - from;
    if (milliseconds < LEAST_MS || milliseconds < whole * LEAST_PART) return [item];
    return [{ kind: 'wait', id: `wait-${entry.leafId}`, milliseconds, waitedFor: stageDuring(from, from + milliseconds, stages) }, item];
  });
}

function stageDuring(from: number, to: number, stages: readonly StageOfReset[]): string | null {
  const middle = (from + to) / 2;
  const open = stages.find(
    ({ openedAt, state, decisions }) =>
      openedAt !== undefined &&
      Date.parse(openedAt) <= middle &&
      (state === 'waiting' || Date.parse(decisions.at(-1)?.at ?? openedAt) >= middle),
  );
  return open?.label ?? null;
}
