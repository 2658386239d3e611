import { readFile } from 'node:fs/promises';

/** States of a connection that its process has closed and that the other end has not confirmed yet: FIN_WAIT1, LAST_ACK, CLOSING (Linux, tcp_states.h). */
const CLOSED_AND_SENDING: ReadonlySet<string> = new Set(['04', '09', '0B']);

/**
 * Whether this machine may still send something over a connection to this port that nobody holds any more: over a line that is cut the
 * kernel goes on trying for more than a minute and a half, also for a process that was killed. What was asked in it can
 * therefore reach the controller long after its asker gave up. False where the kernel does not say (/proc/net is Linux).
 */
export async function isStillSending(controllerUrl: string): Promise<boolean> {
  const port = Number(new URL(controllerUrl).port || '636');
  const ends = ['tcp', 'tcp6'].map((family) => readFile(`/proc/net/${family}`, 'utf8').catch(() => ''));
  return (await Promise.all(ends)).some((table) => sendsTo(table, port));
}

/** A line (proc(5)): its number, both ends as HEX:PORT, the state. */
function sendsTo(table: string, port: number): boolean {
  return table.split('\n').some((line) => {
    const [, , remote = '', state = ''] = line.trim().split(/\s+/);
    return CLOSED_AND_SENDING.has(state) && Number.parseInt(remote.split(':')[1] ?? '', 16) === port;
  });
}
