/** Whose account is watched after it was let in again. */
export interface WatchAsked {
  reset: string;
}

/** At how many controllers an account was let in besides, and at how many that was left undone: silent, refused, or not this writer's there. */
export interface LetInElsewhere {
  letIn: number;
  left: number;
}

/** `over`: there is nothing to watch, or a newer reset of this account is watched instead. `found`: what this look was the first to see. */
export interface WatchLooked {
  over: boolean;
  found: ('still-tried' | 'locked-again')[];
  /** Whose writer has to let the account in at a controller that still holds against it what was there before; null when none does. */
  held: 'staff' | 'privileged' | null;
}

/** Served by the verifier on the queue `approvals`: nobody waits in front of it. */
export interface WatchActivities {
  /** Looks once at what every controller counts of wrong passwords, and records, tells and calls for what is new. However often it is asked. */
  lookAtTries(asked: WatchAsked): Promise<WatchLooked>;
  /** Ends a watch, and records what it saw. */
  endWatch(asked: WatchAsked): Promise<void>;
}
