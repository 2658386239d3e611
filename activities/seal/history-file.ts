import { join } from 'node:path';

/** A run id as Temporal writes it: the only thing from outside that enters a path here. */
export const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where the archive keeps the history of a run. Throws RangeError for what is no run id: ids come from outside. */
export function historyFile(folder: string, runId: string): string {
  if (!RUN_ID.test(runId)) throw new RangeError('a run id is a UUID in small letters');
  return join(folder, runId.slice(0, 2), `${runId}.json`);
}
