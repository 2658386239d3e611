import { condition, currentUpdateInfo, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  SUPERSEDED_SIGNAL,
  UPDATES,
  type DecisionMessage,
  type BreakGlassMessage,
  type LockMessage,
  type PasswordMessage,
  type Reply,
  type Typed,
} from './messages.ts';

interface Waiting {
  updateId: string;
  /** Workflow time of its arrival: what comes after a deadline does not count, however late the worker looks. */
  at: number;
  reply: (reply: Reply) => void;
}

/** One thing that somebody did, waiting to be answered. Commands are taken one at a time, so no two ever interleave. */
export type Command =
  | ({ kind: 'begin'; message: Typed } & Waiting)
  | ({ kind: 'prove'; message: Typed } & Waiting)
  | ({ kind: 'checkFactor'; message: Typed } & Waiting)
  | ({ kind: 'resume'; message: Typed } & Waiting)
  | ({ kind: 'chooseOperation'; message: Typed } & Waiting)
  | ({ kind: 'loseFactors'; message: Typed } & Waiting)
  | ({ kind: 'replaceFactors'; message: Typed } & Waiting)
  | ({ kind: 'object'; message: Typed } & Waiting)
  | ({ kind: 'choosePassword'; message: PasswordMessage } & Waiting)
  | ({ kind: 'decide'; message: DecisionMessage } & Waiting)
  | ({ kind: 'lock'; message: LockMessage } & Waiting)
  | ({ kind: 'breakGlass'; message: BreakGlassMessage } & Waiting)
  | ({ kind: 'cancel'; message: undefined } & Waiting);
export type CommandOf<K extends Command['kind']> = Extract<Command, { kind: K }>;

/** Messages that are nothing but what a person typed. */
const TYPED = [
  UPDATES.begin,
  UPDATES.prove,
  UPDATES.checkFactor,
  UPDATES.resume,
  UPDATES.chooseOperation,
  UPDATES.loseFactors,
  UPDATES.replaceFactors,
  UPDATES.object,
] as const;

export interface Inbox {
  /** The next command; `'deadline'` when the workflow's clock passes it first; `'superseded'` when a newer reset took the account. */
  next(deadline: number): Promise<Command | 'deadline' | 'superseded'>;
  /** A command of one of these kinds that has come while a step is under way; undefined once the step is over. Everything else keeps its place. */
  takenBefore<K extends Command['kind']>(kinds: readonly K[], over: () => boolean): Promise<CommandOf<K> | undefined>;
  /** What has come but was not taken yet. */
  rest(): Command[];
}

/**
 * Opens the door for every message of a reset. Each update is accepted (a rejected one would leave no history) and
 * answered when the story comes to it; only a malformed one, which no part of ours sends, is turned away.
 */
export function openInbox(): Inbox {
  const queue: Command[] = [];
  let superseded = false;

  const enqueue = (make: (waiting: Waiting) => Command): Promise<Reply> =>
    new Promise((reply) => queue.push(make({ updateId: currentUpdateInfo()?.id ?? '', at: Date.now(), reply })));

  for (const kind of TYPED) {
    setHandler(defineUpdate<Reply, [Typed]>(kind), (message) => enqueue((waiting) => ({ kind, message, ...waiting })), {
      validator: mustBeTyped,
    });
  }
  setHandler(
    defineUpdate<Reply, [PasswordMessage]>(UPDATES.choosePassword),
    (message) => enqueue((waiting) => ({ kind: 'choosePassword', message, ...waiting })),
    { validator: mustBeObject },
  );
  setHandler(
    defineUpdate<Reply, [DecisionMessage]>(UPDATES.decide),
    (message) => enqueue((waiting) => ({ kind: 'decide', message, ...waiting })),
    { validator: mustBeTyped },
  );
  setHandler(defineUpdate<Reply, [LockMessage]>(UPDATES.lock), (message) => enqueue((waiting) => ({ kind: 'lock', message, ...waiting })), {
    validator: mustBeTyped,
  });
  setHandler(
    defineUpdate<Reply, [BreakGlassMessage]>(UPDATES.breakGlass),
    (message) => enqueue((waiting) => ({ kind: 'breakGlass', message, ...waiting })),
    { validator: mustBeTyped },
  );
  setHandler(defineUpdate<Reply>(UPDATES.cancel), () => enqueue((waiting) => ({ kind: 'cancel', message: undefined, ...waiting })));
  setHandler(defineSignal(SUPERSEDED_SIGNAL), () => {
    superseded = true;
  });

  return {
    async next(deadline) {
      const ready = () => superseded || queue.length > 0;
      const left = deadline - Date.now();
      // A message and the timer may arrive in the same task: what came before the deadline counts.
      if (!ready() && left > 0) await condition(ready, left);
      if (superseded) return 'superseded';
      const first = queue[0];
      if (!first || first.at > deadline) return 'deadline';
      queue.shift();
      return first;
    },
    async takenBefore<K extends Command['kind']>(kinds: readonly K[], over: () => boolean) {
      const found = () => queue.findIndex(({ kind }) => (kinds as readonly string[]).includes(kind));
      await condition(() => over() || found() >= 0);
      if (over()) return undefined;
      const [command] = queue.splice(found(), 1);
      return command as CommandOf<K> | undefined; // its kind is one of K by the search
    },
    rest: () => queue.splice(0),
  };
}

function mustBeObject(message: unknown): void {
  if (typeof message !== 'object' || message === null) throw new TypeError('a message has the shape of workflows/messages.ts');
}

function mustBeTyped(message: unknown): void {
  mustBeObject(message);
  if (typeof (message as Typed).sealed !== 'string') throw new TypeError('a message names the sealed row');
}
