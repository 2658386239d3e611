/** States of a reset as people see them, and the moves between them. Terminal states have no way out. */
export const TRANSITIONS = {
  proving: ['checking-factor', 'refused', 'expired', 'cancelled'],
  'checking-factor': ['choosing-operation', 'awaiting-approval', 'choosing-password', 'refused', 'expired', 'cancelled'],
  'choosing-operation': ['awaiting-approval', 'choosing-password', 'writing', 'refused', 'expired', 'cancelled'],
  'awaiting-approval': ['choosing-password', 'cooling-off', 'writing', 'refused', 'expired', 'cancelled'],
  // After every factor was lost: the wait in which the holder can object, and the setting up of new ones.
  'cooling-off': ['replacing-factors', 'refused', 'expired', 'cancelled'],
  'replacing-factors': ['done', 'refused', 'expired', 'cancelled'],
  'choosing-password': ['writing', 'refused', 'expired', 'cancelled'],
  // After an unlock there is no password to be tried, and no device to be told of one.
  writing: ['choosing-password', 'verifying', 'done', 'refused', 'expired'],
  verifying: ['notifying', 'refused'],
  notifying: ['done'],
  done: [],
  refused: [],
  expired: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type ResetState = keyof typeof TRANSITIONS;
export const RESET_STATES = Object.keys(TRANSITIONS) as ResetState[]; // the keys of a const object are exactly its type

export function isTerminal(state: ResetState): boolean {
  return TRANSITIONS[state].length === 0;
}

export function mayMove(from: ResetState, to: ResetState): boolean {
  return (TRANSITIONS[from] as readonly ResetState[]).includes(to);
}
