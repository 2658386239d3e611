import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * A process is named by its pid and its start time (field 22 of /proc/<pid>/stat, proc(5)), because pids come back.
 * Only what matches both is ever signalled.
 */
export type ProcessMark = { name: string; pid: number; startTime: string };

/** The start time of a live process in clock ticks since boot; undefined when there is none (zombies count as none). */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in field 2 may hold blanks and brackets: fields are counted from its closing one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function markOf(name: string, pid: number): ProcessMark | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { name, pid, startTime };
}

export const isAlive = (mark: ProcessMark): boolean => startTimeOf(mark.pid) === mark.startTime;

/** Sends a signal to exactly that process. Answers false when it is gone, also when its pid now belongs to another. */
export function signalExactly(mark: ProcessMark, signal: NodeJS.Signals): boolean {
  if (!isAlive(mark)) return false;
  try {
    process.kill(mark.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Waits until none of them lives, at most `ms`. Answers those that still do. */
export async function waitForEnd(marks: ProcessMark[], ms: number): Promise<ProcessMark[]> {
  const deadline = Date.now() + ms;
  let left = marks.filter(isAlive);
  while (left.length > 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    left = left.filter(isAlive);
  }
  return left;
}

/** What a supervisor started, in the order of starting; the supervisor itself comes first. */
export function readPids(file: string): ProcessMark[] {
  if (!existsSync(file)) return [];
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessMark[];
  } catch {
    return [];
  }
}

export function writePids(file: string, marks: ProcessMark[]): void {
  writeFileSync(`${file}.new`, JSON.stringify(marks, null, 1), { mode: 0o644 });
  renameSync(`${file}.new`, file);
}

/** Ends what a supervisor that crashed left behind: newest first, TERM, then KILL after ten seconds. Answers their names. */
export async function endLeftovers(file: string): Promise<string[]> {
  const left = readPids(file)
    .filter((mark) => mark.name !== 'supervisor' && isAlive(mark))
    .toReversed();
  for (const mark of left) signalExactly(mark, mark.name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  for (const mark of await waitForEnd(left, 10_000)) signalExactly(mark, 'SIGKILL');
  await waitForEnd(left, 2_000);
  return left.map((mark) => mark.name);
}
