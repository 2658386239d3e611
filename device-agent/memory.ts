import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from './durable-file.ts';

/** How far a notice was carried out. Each of these is on disk before what comes after it is begun. */
export const STAGES = ['received', 'deferred', 'dropping', 'invalidated'] as const;

const signed = z.strictObject({ statement: z.string(), signature: z.string() });

const task = z.strictObject({
  notice: z.string(),
  sid: z.string(),
  /** RFC 3339. */
  writtenAt: z.string(),
  /** `sealed-hash` became one of these when its hash was used, or could not be. */
  verb: z.enum(['invalidate', 'deferred']),
  /** Left out by an agent that did not know how to. */
  endSessions: z.boolean().default(false),
  stage: z.enum(STAGES),
  /** Seconds: when the controller that SSSD uses was last seen not to have the reset yet; 0 for never. */
  laggedAt: z.number().default(0),
  expiresAt: z.string(),
});

/** Somebody is to be told that what they sign in with was changed. */
const telling = z.strictObject({
  notice: z.string(),
  sid: z.string(),
  change: z.string(),
  /** RFC 3339, as the next one. */
  changedAt: z.string(),
  expiresAt: z.string(),
  /** `not-shown`: it lies ready for their next login. */
  stage: z.enum(['received', 'not-shown']),
});

const noticeKey = z.strictObject({ id: z.string(), publicKey: z.string() });

const remembered = z.strictObject({
  device: z.string().nullable(),
  portalState: z.enum(['none', 'waiting', 'active', 'revoked']),
  /** Whose signature counts, as of the enrolment. */
  noticeKeys: z.array(noticeKey),
  /** Whose sealed hashes count, as of the enrolment; none where they were not asked for. */
  writerKeys: z.array(z.string()).default([]),
  settings: z.strictObject({ verb: z.enum(['invalidate', 'deferred']), reportEvery: z.number() }),
  /** Of the last report. */
  sequence: z.number(),
  lastEvent: z.string().nullable(),
  accounts: z.record(
    z.string(),
    z.strictObject({
      /** The newest reset that was honoured. */
      writtenAt: z.string().nullable(),
      /** What the stale check saw last: pwdLastSet, and when the hash was stored that was judged by it. */
      seen: z.strictObject({ pwdLastSet: z.string(), cachedAt: z.number() }).nullable(),
      /** The reset for which the cached password was taken away, or found to be newer: what is cached since came after it. */
      clearedFor: z.string().nullable(),
      /** Seconds: when we last took the cached password away. */
      droppedAt: z.number(),
    }),
  ),
  tasks: z.record(z.string(), task),
  /** Left out by an agent that told nobody, as the next two. */
  tellings: z.record(z.string(), telling).default({}),
  /** Every telling that was taken on and whose time is not over, with its end in milliseconds. */
  told: z.record(z.string(), z.number()).default({}),
  /** The latest end of a telling that was let go. */
  toldUntil: z.number().default(0),
  /** The last acknowledgement of each notice that is over, to be said again when it comes again. */
  answers: z.record(z.string(), z.strictObject({ ...signed.shape, at: z.string() })),
  /** What the portal has not taken yet, in order. */
  outbox: z.array(z.strictObject({ notice: z.string(), ...signed.shape })),
  /** Seconds: when SSSD's backend was last restarted by us. */
  backendRestartedAt: z.number(),
  /** Of the last update that was taken; 0 for none. */
  updateNumber: z.number(),
});

export type Remembered = z.infer<typeof remembered>;
export type Task = z.infer<typeof task>;
export type Telling = z.infer<typeof telling>;
export type NoticeKey = z.infer<typeof noticeKey>;

/** What a device has to remember over a loss of power. */
export interface Memory {
  readonly now: Readonly<Remembered>;
  /** Changes it. When this returns, the change is on disk; until then the old state is. */
  change: (edit: (draft: Remembered) => void) => void;
}

const blank: Remembered = {
  device: null,
  portalState: 'none',
  noticeKeys: [],
  writerKeys: [],
  settings: { verb: 'invalidate', reportEvery: 3600 },
  sequence: 0,
  lastEvent: null,
  accounts: {},
  tasks: {},
  tellings: {},
  told: {},
  toldUntil: 0,
  answers: {},
  outbox: [],
  backendRestartedAt: 0,
  updateNumber: 0,
};

/** Answers that are kept; with older ones, those of the oldest notices go. */
const ANSWERS = 500;

/** Tellings whose time is not over; more are refused rather than one forgotten. */
export const MOST_TOLD = 2000;

const memoryFile = (folder: string): string => join(folder, 'memory.json');

/** Opens the memory in a folder; a blank one where there is none. Throws when the file is not one of ours: nothing is guessed, since replays are refused by it. */
export function openMemory(folder: string): Memory {
  const file = memoryFile(folder);
  let now = existsSync(file) ? readMemory(file) : blank;
  return {
    get now() {
      return now;
    },
    change(edit) {
      const draft = structuredClone(now);
      edit(draft);
      const kept = Object.entries(draft.answers)
        .sort(([, a], [, b]) => (a.at < b.at ? 1 : -1))
        .slice(0, ANSWERS);
      draft.answers = Object.fromEntries(kept);
      writeDurably(file, `${JSON.stringify(draft)}\n`, 0o600);
      now = draft;
    },
  };
}

function readMemory(file: string): Remembered {
  try {
    return remembered.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new Error(`${file} cannot be read. Remove it with countersign-device forget, and enrol the device again.`);
  }
}

/** What is remembered of an account; a blank row for one that is new. */
export const accountIn = (of: Readonly<Remembered>, sid: string): Remembered['accounts'][string] =>
  of.accounts[sid] ?? { writtenAt: null, seen: null, clearedFor: null, droppedAt: 0 };
