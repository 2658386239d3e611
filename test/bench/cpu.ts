import { readdirSync, readFileSync } from 'node:fs';

/** Linux shows CPU time in hundredths of a second to every process (USER_HZ, time(7)). */
const TICK_MS = 10;

type Stat = { parent: number; own: number; reaped: number };

/**
 * CPU milliseconds that each process has used so far, with its living and its reaped children (PostgreSQL and Samba
 * fork). A child that is itself asked for counts only under its own name.
 */
export function cpuOf(pids: Record<string, number>): Record<string, number> {
  const stats = allStats();
  const asked = new Set(Object.values(pids));
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, usedBy(pid, stats, asked)]));
}

/** The difference of two readings, for one unit of work. */
export function cpuPerUnit(before: Record<string, number>, after: Record<string, number>, units: number): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / units]));
}

function usedBy(pid: number, stats: ReadonlyMap<number, Stat>, asked: ReadonlySet<number>): number {
  const self = stats.get(pid);
  if (!self) return 0;
  const children = [...stats]
    .filter(([child, { parent }]) => parent === pid && !asked.has(child))
    .map(([child]) => usedBy(child, stats, asked));
  return children.reduce((sum, ms) => sum + ms, self.own + self.reaped);
}

function allStats(): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const text = readFileSync(`/proc/${entry}/stat`, 'utf8');
      // Field 2 may hold blanks and brackets: fields are counted from its closing one (proc(5)).
      const fields = text
        .slice(text.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [, parent = 0] = fields;
      const ms = (index: number): number => (fields[index] ?? 0) * TICK_MS;
      stats.set(Number(entry), { parent, own: ms(11) + ms(12), reaped: ms(13) + ms(14) });
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return stats;
}
