import { parentPort, workerData } from 'node:worker_threads';
import { lookAtTokenFile, readTokenFile } from './read-token-file.ts';
import { FileRefused, type ToRead } from './token-file.ts';

/** The thread of in-a-thread.ts: reads one file and ends. */
const { file, what } = workerData as { file: ToRead; what: 'look' | 'read' }; // given by in-a-thread.ts
try {
  parentPort?.postMessage(what === 'look' ? lookAtTokenFile(file) : readTokenFile(file, new Date()));
} catch (error) {
  // The text of any other fault may quote the file.
  parentPort?.postMessage({ refused: error instanceof FileRefused ? error.fault : null });
}
