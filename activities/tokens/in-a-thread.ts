import { Worker } from 'node:worker_threads';
import { FILE_FAULTS, type FileFault } from '#domain/token.ts';
import { FileRefused, type LookedAt, type ReadTokens, type ToRead } from './token-file.ts';

/** 20,000 tokens, a signature over 24 MB and two million rounds of PBKDF2 take less, also on a busy machine. */
const MOST_MS = 60_000;
const MOST_MEGABYTES = 1024;

/**
 * A file of tokens is read in a thread of its own: it takes seconds, in which other people's codes are checked, and what
 * a hostile file does to its reader ends with the thread. Throws FileRefused.
 */
export function lookInAThread(file: ToRead): Promise<LookedAt> {
  return inAThread<LookedAt>('look', file);
}

export async function readInAThread(file: ToRead): Promise<ReadTokens> {
  return inAThread<ReadTokens>('read', file);
}

function inAThread<T extends object>(what: 'look' | 'read', file: ToRead): Promise<T> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./token-file-thread.ts', import.meta.url), {
      workerData: { file, what },
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    const timer = setTimeout(() => end(() => reject(new FileRefused('too-large'))), MOST_MS);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
      void worker.terminate();
    };
    worker.once('message', (said: T | { refused: FileFault | null }) => {
      if (!('refused' in said)) return end(() => resolve(said));
      const { refused } = said;
      end(() =>
        reject(refused !== null && refused in FILE_FAULTS ? new FileRefused(refused) : new Error('a file of tokens could not be read')),
      );
    });
    // Out of memory: the file asks for more than any file of so many tokens needs.
    worker.once('error', () => end(() => reject(new FileRefused('too-large'))));
  });
}
