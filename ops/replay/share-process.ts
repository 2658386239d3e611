import { openHistoryKeys } from '../setup/history-keys.ts';
import { archiveInFolders } from './archive.ts';
import { checkShare } from './check-share.ts';
import type { Places } from './in-processes.ts';
import type { SealedLeaf } from './sealed-leaf.ts';

/** One share of a large replay, in a process of its own: told once what to check, answers once what it found, and ends. */
process.once('message', (told: { places: Places; runs: readonly SealedLeaf[] }) => {
  const { keysFile, ...folders } = told.places;
  void checkShare(archiveInFolders({ ...folders, keys: openHistoryKeys(keysFile) }), told.runs).then((checked) =>
    process.send?.(checked, () => process.exit(0)),
  );
});
