/** What an emergency stop halts: no reset, those of protected accounts, or every reset. */
export const HALTS = ['nothing', 'privileged', 'all'] as const;
export type Halt = (typeof HALTS)[number];

/** How an act was confirmed: by the keys of both officers, by a code of at least one, or in a release before there were keys. */
export type HaltBy = 'keys' | 'codes' | 'before-keys';

/** Two security officers have said together what is halted from then on. `at` is RFC 3339 in UTC. */
export interface HaltAct {
  id: string;
  halts: Halt;
  at: string;
  by: HaltBy;
}

/** Whether saying `halts` would let anything go on that `standing` halts. */
export function isLift(halts: Halt, standing: Halt): boolean {
  return HALTS.indexOf(halts) < HALTS.indexOf(standing);
}

/**
 * The act that decides what is halted now: the newest that counts. What halts more always counts, and of two at one moment
 * the one that halts more comes last. What lifts counts only when both officers signed it with their keys, or when it is
 * from a release before keys and so is everything before it. Undefined when nothing was ever halted.
 */
export function standingAct<A extends HaltAct>(acts: readonly A[]): A | undefined {
  const isOld = ({ by }: HaltAct): number => Number(by === 'before-keys');
  const inTurn = acts.toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at) || HALTS.indexOf(a.halts) - HALTS.indexOf(b.halts) || isOld(a) - isOld(b),
  );
  let standing: A | undefined;
  let haveKeys = false;
  for (const act of inTurn) {
    haveKeys ||= act.by !== 'before-keys';
    const counts = act.by === 'keys' || !isLift(act.halts, standing?.halts ?? 'nothing') || !haveKeys;
    if (counts) standing = act;
  }
  return standing;
}

/** What is halted now; nothing without any act. */
export function standingHalt(acts: readonly HaltAct[]): Halt {
  return standingAct(acts)?.halts ?? 'nothing';
}

/** Whether a reset of a protected account, or of any other, may not go on. */
export function isHalted(halt: Halt, isProtected: boolean): boolean {
  return halt === 'all' || (halt === 'privileged' && isProtected);
}
