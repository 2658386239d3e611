import { createHash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { fail, finding, type Finding, type Problem } from '#audit/finding.ts';
import { HALTS, isHalted, isLift, type Halt, type HaltBy } from '#domain/halt.ts';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import { readHalt } from '#prisma/joint-act-text.ts';
import type { Database } from '#db';

/** What a leaf says: two officers halted or lifted, by a text of this SHA-256; or a writer started a write. */
export type HaltEvent = { index: bigint } & ({ halts: Halt; act: string; signed: string } | { writes: 'protected' | 'other' });

/** The text of an act as the database has it, and who signed it. `by` is undefined when the verifier did not. */
export type KeptAct = { text: string; by: HaltBy | undefined };

/**
 * What is wrong with these events, in the order of the log: a write that was started while it was halted, an act whose
 * signed text (`texts`, by act) is gone or another one, or one that lifted a stop and was not signed with the keys of two
 * officers. Writers and acts take turns, so the order of the log is the order in which they were decided.
 */
export function haltProblems(events: readonly HaltEvent[], texts: ReadonlyMap<string, KeptAct>): Problem[] {
  let halt: Halt = 'nothing';
  let since = 0n;
  let haveKeys = false;
  return events.flatMap((event): Problem[] => {
    if ('writes' in event) {
      if (!isHalted(halt, event.writes === 'protected')) return [];
      return [fail(`leaf ${event.index}: a write was started although leaf ${since} had halted it`)];
    }
    const lifts = isLift(event.halts, halt);
    halt = event.halts;
    since = event.index;
    const kept = texts.get(event.act);
    if (kept?.by === undefined || createHash('sha256').update(kept.text).digest('hex') !== event.signed)
      return [fail(`leaf ${event.index}: two officers decided what is halted, and their act is not in the database as they signed it`)];
    haveKeys ||= kept.by !== 'before-keys';
    if (!lifts || kept.by === 'keys' || !haveKeys) return [];
    return [fail(`leaf ${event.index}: a stop was lifted, and two officers have not signed that with their keys`)];
  });
}

const act = z.looseObject({ do: z.looseObject({ act: z.string(), halts: z.enum(HALTS), signed: z.string() }) });
const write = z.looseObject({ by: z.looseObject({ process: z.string() }) });

/** Whether nothing was written while it was halted, and no act was taken out of the database. Without an act nothing is read. */
export async function haltsKept(db: Database, verifierKey: KeyObject): Promise<Finding> {
  const acts = await db.$queryRaw<{ index: bigint; body: string }[]>`
    SELECT e.index, l.body FROM leaf l JOIN log_entry e ON e.leaf_id = l.id WHERE l.type = 'joint-act.confirmed' AND l.body::jsonb #>> '{do,kind}' = 'halt' ORDER BY e.index`;
  const first = acts[0]?.index;
  const writes =
    first === undefined
      ? []
      : await db.$queryRaw<{ index: bigint; body: string }[]>`
          SELECT e.index, l.body FROM leaf l JOIN log_entry e ON e.leaf_id = l.id
          WHERE l.type = 'write.started' AND e.index > ${first} ORDER BY e.index`;
  const rows = await db.jointAct.findMany({ select: { id: true, body: true, signature: true } });
  const events = [
    ...acts.flatMap(({ index, body }): HaltEvent[] => {
      const read = act.safeParse(canonicalOrNothing(body));
      return read.success ? [{ index, halts: read.data.do.halts, act: read.data.do.act, signed: read.data.do.signed }] : [];
    }),
    ...writes.flatMap(({ index, body }): HaltEvent[] => {
      const read = write.safeParse(canonicalOrNothing(body));
      return read.success ? [{ index, writes: read.data.by.process === 'writer-privileged' ? 'protected' : 'other' }] : [];
    }),
  ].toSorted((a, b) => Number(a.index - b.index));
  const texts = new Map(
    rows.flatMap(({ id, body: text, signature }) =>
      text === null || signature === null ? [] : [[id, { text, by: readHalt(text, signature, verifierKey)?.by }] as const],
    ),
  );
  return finding(
    'Nothing was written during an emergency stop, and none was lifted but by two officers',
    'NIST SP 800-53 AC-3(2), IR-4; RBI Master Direction 9(b)',
    haltProblems(events, texts),
    `${acts.length} acts of two officers`,
  );
}
