import type { Database } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';

/** Start and orderly stop of a process are evidence too: a gap between them is a crash (NIST SP 800-53 AU-2, AU-5). */
export async function recordProcess(db: Database, process: string, type: 'process.started' | 'process.stopped'): Promise<void> {
  await db.$transaction((tx) => appendLeaf(tx, { type, outcome: 'success', actor: { type: 'service', name: process } }, process));
}
