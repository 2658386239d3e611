/** Tells the operator what the set-up does. One line a step; long steps say what they are at. */
export type Progress = {
  /** Runs one named step. `work` answers 'already' when there was nothing to do. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A line within a step. */
  note(text: string): void;
};

export const already = Symbol('already done');

/** Progress on standard output. A step that takes under a second is one line, a longer one is announced first. */
export function consoleProgress(say: (line: string) => void = console.log): Progress {
  return {
    async step(name, work) {
      const started = Date.now();
      const announce = setTimeout(() => say(`  → ${name}`), 700);
      try {
        const result = await work();
        const seconds = (Date.now() - started) / 1000;
        say(result === already ? `  ✓ ${name}: already done` : `  ✓ ${name} (${seconds.toFixed(1)} s)`);
        return result;
      } finally {
        clearTimeout(announce);
      }
    },
    note: (text) => say(`    ${text}`),
  };
}
