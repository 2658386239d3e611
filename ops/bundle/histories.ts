import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The archived bytes of a run's history; undefined when the archive has none. */
export type FindHistory = (run: string) => Uint8Array | undefined;

/** The archive of sealed histories under a state folder, as the worker writes it: a file a run, by the first two digits of its id. */
export function archivedHistories(state: string): FindHistory {
  return (run) => {
    const file = join(state, 'histories', run.slice(0, 2), `${run}.json`);
    return /^[0-9a-f-]{36}$/.test(run) && existsSync(file) ? readFileSync(file) : undefined;
  };
}
