import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from '../paths.ts';
import type { Checked } from './check-histories.ts';
import type { SealedLeaf } from './sealed-leaf.ts';

/** Where the archive of a machine lies, as far as another process has to know. */
export interface Places {
  historiesFolder: string;
  workflowCodeFolder: string;
  /** The ring of history keys; the process reads it by itself. */
  keysFile: string;
}

/** A process takes a second or two to load the SDK, which that many histories make up for. */
const WORTH_A_PROCESS = 25;

export const processesFor = (runs: number): number => Math.min(availableParallelism(), Math.floor(runs / WORTH_A_PROCESS));

/**
 * Checks the shares side by side: one replay keeps one core busy, whatever it is given. Throws when one of the processes
 * ends without an answer.
 */
export async function inProcesses(places: Places, runs: readonly SealedLeaf[], count: number): Promise<Checked> {
  const shares = Array.from({ length: count }, (_, at) => runs.filter((_, n) => n % count === at));
  const all = await Promise.all(shares.map((share) => inProcess(places, share)));
  return {
    // What is wrong with the code that several share is said once.
    findings: [...new Map(all.flatMap(({ findings }) => findings).map((one) => [JSON.stringify(one), one])).values()],
    histories: sum(all.map(({ histories }) => histories)),
    replayed: sum(all.map(({ replayed }) => replayed)),
    events: sum(all.map(({ events }) => events)),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

function inProcess({ historiesFolder, workflowCodeFolder, keysFile }: Places, runs: readonly SealedLeaf[]): Promise<Checked> {
  return new Promise((resolve, reject) => {
    const child = fork(join(root, 'ops/replay/share-process.ts'), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (checked) => resolve(checked as Checked)); // share-process.ts sends nothing else
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`a process that replays a share of the histories ended (${code ?? 'killed'})`)));
    child.send({ places: { historiesFolder, workflowCodeFolder, keysFile }, runs });
  });
}
