import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** When a process began, as the kernel counts (proc(5), stat, field 22): with its number it names one process and no later one. */
function beginning(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Makes this the only agent that works in a folder. Answers what gives it free. Throws when another one works there. */
export function beAlone(folder: string): () => void {
  const file = join(folder, 'agent.pid');
  const [pid, began] = (() => {
    try {
      return readFileSync(file, 'utf8').trim().split(' ');
    } catch {
      return [];
    }
  })();
  if (pid !== undefined && began !== undefined && began !== '' && beginning(Number(pid)) === began)
    throw new Error(`Another agent works in ${folder}: process ${pid}. End it first.`);
  writeFileSync(file, `${process.pid} ${beginning(process.pid)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}
