/** Line ends and other controls, and marks that turn the direction of what follows (UAX #9): embeddings, overrides, isolates. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const TURNING = /[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A name from the directory as people are shown it and approvers sign it: on one line, in the direction in which it is written.
 * Whoever may edit a name there puts no further line under what somebody signs. Undefined when nothing of it is left. Joiners stay: Bangla needs them.
 */
export function shownName(name: string | undefined): string | undefined {
  const shown = (name ?? '').replace(TURNING, '').replace(CONTROLS, ' ').trim();
  return shown === '' ? undefined : shown;
}
