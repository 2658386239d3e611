import type { Part, Running } from './child.ts';
import { writePids } from './pids.ts';
import type { ProcessMark } from './pids.ts';

/** `held`: not to be started again by itself. */
type Kept = { part: Part; running: Running | undefined; held: boolean; failures: number; lastStart: number };

export type Supervisor = {
  /** Starts a part, waits until it serves, and starts it again whenever it ends by itself. */
  start(part: Part): Promise<void>;
  /** Ends it in good order if it runs, and starts it. Resolves when it serves. */
  restart(name: string): Promise<void>;
  /** Sends a signal. The part is not started again by itself until `restart`. Resolves when it is gone (KILL, TERM, INT) or at once. */
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
  pid(name: string): number | undefined;
  names(): string[];
  /** Ends the processes side by side, then what they stand on. Answers the names that had to be killed. */
  stop(): Promise<string[]>;
};

/** A part that ran this long is taken for healthy: its next end is its first. */
const healthyMs = 60_000;
const longestPauseMs = 30_000;

/** Keeps the parts of one stack alive. `pidsFile` always names exactly what lives; `say` hears what happens to them. */
export function createSupervisor(pidsFile: string, self: ProcessMark, say: (line: string) => void): Supervisor {
  const all = new Map<string, Kept>();
  let stopping = false;

  const record = () => writePids(pidsFile, [self, ...[...all.values()].flatMap((kept) => (kept.running ? [kept.running.mark] : []))]);

  // At once, so that a second start sees the first one before anything is up.
  record();

  async function launch(kept: Kept): Promise<void> {
    kept.lastStart = Date.now();
    const running = await kept.part.launch((spawned) => {
      kept.running = spawned;
      record();
      void spawned.ended.then(() => {
        if (kept.running !== spawned) return;
        kept.running = undefined;
        if (!stopping) record();
      });
    });
    void running.ended.then((how) => startLater(kept, how));
  }

  function startLater(kept: Kept, how: string): void {
    if (stopping || kept.held) return;
    kept.failures = Date.now() - kept.lastStart > healthyMs ? 1 : kept.failures + 1;
    const pause = Math.min(250 * 2 ** (kept.failures - 1), longestPauseMs);
    say(`${kept.part.name} ended by itself (${how}); it is started again in ${pause / 1000} s. Its log: ${kept.part.logFile}`);
    setTimeout(() => void again(kept), pause);
  }

  async function again(kept: Kept): Promise<void> {
    if (stopping || kept.held || kept.running) return;
    try {
      await launch(kept);
      say(`${kept.part.name} runs again`);
    } catch (error) {
      startLater(kept, (error as Error).message);
    }
  }

  const find = (name: string): Kept => {
    const kept = all.get(name);
    if (!kept) throw new Error(`There is no part called ${name}; there are ${[...all.keys()].join(', ')}.`);
    return kept;
  };

  return {
    async start(part) {
      const kept: Kept = { part, running: undefined, held: true, failures: 0, lastStart: 0 };
      all.set(part.name, kept);
      await launch(kept);
      kept.held = false;
    },
    async restart(name) {
      const kept = find(name);
      kept.held = true;
      if (kept.running) await kept.part.end(kept.running);
      await launch(kept);
      kept.held = false;
      kept.failures = 0;
    },
    async kill(name, signal) {
      const kept = find(name);
      kept.held = true;
      const running = kept.running;
      if (!running) return;
      running.signal(signal);
      if (signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT') await running.ended;
    },
    pid: (name) => find(name).running?.mark.pid,
    names: () => [...all.keys()],
    async stop() {
      stopping = true;
      const killed: string[] = [];
      const end = async (kept: Kept) => {
        if (kept.running && !(await kept.part.end(kept.running))) killed.push(kept.part.name);
      };
      // Workers need their server and database while they drain, but not each other.
      await Promise.all([...all.values()].filter(({ part }) => !part.foundation).map(end));
      for (const kept of [...all.values()].filter(({ part }) => part.foundation).toReversed()) await end(kept);
      return killed;
    },
  };
}
