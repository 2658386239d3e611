import { existsSync, readFileSync } from 'node:fs';
import { historyFile } from '#activities/seal/history-file.ts';

/** The archived bytes of a run's history; undefined when the archive has none. */
export type FindHistory = (run: string) => Uint8Array | undefined;

/** The archive of sealed histories, as the worker writes it. A run that is no run id, as a spoilt leaf may name, has none. */
export function archivedHistories(folder: string): FindHistory {
  return (run) => {
    try {
      const file = historyFile(folder, run);
      return existsSync(file) ? readFileSync(file) : undefined;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };
}
