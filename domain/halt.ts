/** What an emergency stop halts: no reset, those of protected accounts, or every reset. */
export const HALTS = ['nothing', 'privileged', 'all'] as const;
export type Halt = (typeof HALTS)[number];

/** Another officer has this long to confirm what one has proposed. */
export const JOINT_ACT_SECONDS = 1800;

/** Two security officers have said together what is halted from then on. `at` is RFC 3339 in UTC. */
export interface HaltAct {
  id: string;
  halts: Halt;
  at: string;
}

/**
 * What is halted now: what the newest act says. Acts that are signed for the same moment are not to be told apart, and the
 * one that halts more counts. Without any act nothing is halted.
 */
export function standingHalt(acts: readonly HaltAct[]): Halt {
  return newestAct(acts)?.halts ?? 'nothing';
}

/** The act that decides what is halted now. */
export function newestAct<A extends HaltAct>(acts: readonly A[]): A | undefined {
  const rank = (one: A): number => HALTS.indexOf(one.halts);
  return acts.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at) || rank(b) - rank(a))[0];
}

/** Whether a reset of a protected account, or of any other, may not go on. */
export function isHalted(halt: Halt, isProtected: boolean): boolean {
  return halt === 'all' || (halt === 'privileged' && isProtected);
}
