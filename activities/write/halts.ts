import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { isHalted, standingAct, type Halt } from '#domain/halt.ts';
import { signedHalt, signedHalts } from '#prisma/joint-acts.ts';
import type { Transaction } from '#db';
import type { Log } from '#process-log';
import type { WriterDeps } from './deps.ts';

/** An emergency stop is in force for this writer's accounts. Retried: the step waits until two officers have lifted it. */
export class Halted extends Error {
  constructor() {
    super('an emergency stop is in force');
    this.name = 'Halted';
  }
}

/** The act that decides what is halted, as a writer has last seen it, in a file of its own: who can delete rows cannot make it forget. */
export interface HaltMemory {
  last(): { text: string; signature: Uint8Array } | undefined;
  keep(act: { text: string; signature: Uint8Array }): void;
}

const kept = z.strictObject({ text: z.string(), signature: z.base64() });

/** Keeps the act in `file`, which the writer alone can read and write. A file that is there and says nothing is not guessed about: throws. */
export function haltFile(file: string): HaltMemory {
  let last = read(file);
  return {
    last: () => last,
    keep(act) {
      const body = JSON.stringify({ text: act.text, signature: Buffer.from(act.signature).toString('base64') });
      // Crash in between: the old file stands, and the table tells again.
      writeFileSync(`${file}.new`, `${body}\n`, { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
      last = act;
    },
  };
}

function read(file: string): ReturnType<HaltMemory['last']> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = kept.parse(JSON.parse(text));
  return { text: parsed.text, signature: Buffer.from(parsed.signature, 'base64') };
}

type HaltDeps = Pick<WriterDeps, 'verifierKey' | 'relyingParty' | 'halts'>;

/**
 * What is halted now: by the acts that the verifier signed, in the table or remembered. A deleted row therefore lifts
 * nothing; only a newer act does that two officers signed with their own keys, which this writer checks by itself.
 */
export async function haltSeen(db: Transaction, { verifierKey, relyingParty, halts }: HaltDeps): Promise<Halt> {
  const last = halts.last();
  const remembered = last && signedHalt(last.text, last.signature, verifierKey, relyingParty);
  const standing = standingAct([...(remembered ? [remembered] : []), ...(await signedHalts(db, verifierKey, relyingParty))]);
  if (standing && standing.text !== last?.text) halts.keep(standing);
  return standing?.halts ?? 'nothing';
}

/** Throws Halted while this writer may not write. */
export async function refuseWhileHalted(db: Transaction, deps: HaltDeps & Pick<WriterDeps, 'writerClass'>): Promise<void> {
  if (isHalted(await haltSeen(db, deps), deps.writerClass === 'privileged')) throw new Halted();
}

const EVERY_MS = 2000;

/** Looks every two seconds until the returned function is called, so that a row which is soon deleted was seen all the same. */
export function startWatchingHalts(deps: HaltDeps & Pick<WriterDeps, 'db'>, log: Log): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    running = haltSeen(deps.db, deps)
      .catch((error: unknown) =>
        log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'the emergency stop could not be looked at'),
      )
      .finally(() => (isRunning = false));
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
