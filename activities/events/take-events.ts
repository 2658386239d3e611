import type { Directory } from '#activities/directory/connect.ts';
import { accountsNamed, guidAt } from '#activities/directory/accounts-named.ts';
import type { Database } from '#db';
import { uuidv7 } from '#prisma/uuid.ts';
import { keepFailures } from './failed-sign-ins.ts';
import { readOn, type Piece } from './follow-file.ts';
import { readSambaLine, type ControllerEvent } from './samba-line.ts';

/** A file of one controller's events, on this host. */
export interface EventFile {
  file: string;
  /** For people's eyes. */
  controller: string;
}

/** How many files there are, how many could not be read, and what became of all lines so far. */
export type EventsTaken = { files: number; silent: number; taken: number; refused: number; gaps: number };

/** So many mebibytes of one file in one turn; the rest comes with the next. */
const MOST_PIECES = 64;
const KEPT_HOURS = 48;

/**
 * Takes what controllers wrote since the last turn: who set whose password, and whose wrong passwords came from where. Each piece is noted with how far it was read, so that a crash takes none twice and loses none.
 * What is older than two days is not taken, and erased. A file that cannot be read is counted. Throws DirectoryUnavailable; the piece comes again then.
 */
export async function takeEvents(db: Database, directory: Directory, files: readonly EventFile[]): Promise<EventsTaken> {
  let silent = 0;
  for (const file of files) if (!(await takeFile(db, directory, file))) silent += 1;
  await db.$executeRaw`DELETE FROM password_event WHERE at < clock_timestamp() - make_interval(hours => ${KEPT_HOURS}::int)`;
  await db.$executeRaw`DELETE FROM failed_sign_in WHERE minute < clock_timestamp() - make_interval(hours => ${KEPT_HOURS}::int)`;
  const rows = await db.eventSource.findMany({ where: { file: { in: files.map(({ file }) => file) } } });
  const sum = (of: 'taken' | 'refused' | 'gaps') => rows.reduce((all, row) => all + Number(row[of]), 0);
  return { files: files.length, silent, taken: sum('taken'), refused: sum('refused'), gaps: sum('gaps') };
}

/** Whether the file could be read. */
async function takeFile(db: Database, directory: Directory, source: EventFile): Promise<boolean> {
  for (let pieces = 0; pieces < MOST_PIECES; pieces++) {
    const row = await db.eventSource.findUnique({ where: { file: source.file } });
    const piece = await readOn(source.file, row ?? undefined).catch(() => undefined);
    if (!piece) return false;
    await takePiece(db, directory, source, piece);
    if (!piece.more) return true;
  }
  return true;
}

async function takePiece(db: Database, directory: Directory, { file, controller }: EventFile, { lines, next, gap }: Piece): Promise<void> {
  const read = lines.map(readSambaLine);
  const refused = read.filter((one) => one === 'refused').length;
  const since = Date.now() - KEPT_HOURS * 3_600_000;
  const events = read.filter((one): one is ControllerEvent => typeof one === 'object' && one.at.getTime() > since);
  const passwords = await passwordRows(directory, controller, events);
  const failures = events.filter((event) => event.kind === 'failed');
  const guids = await accountsNamed(directory, [...new Set(failures.map(({ account }) => account.toLowerCase()))]);
  await db.$transaction(async (tx) => {
    await tx.passwordEvent.createMany({ data: passwords });
    await keepFailures(
      tx,
      controller,
      failures.flatMap((failure) => {
        const account = guids.get(failure.account.toLowerCase());
        return account === undefined ? [] : [{ ...failure, account }];
      }),
    );
    const counts = { taken: BigInt(events.length), refused: BigInt(refused), gaps: gap ? 1 : 0 };
    await tx.eventSource.upsert({
      where: { file },
      create: { file, controller, ...next, ...counts },
      update: {
        controller,
        ...next,
        taken: { increment: counts.taken },
        refused: { increment: counts.refused },
        gaps: { increment: counts.gaps },
        at: new Date(),
      },
    });
  });
}

async function passwordRows(directory: Directory, controller: string, events: readonly ControllerEvent[]) {
  const rows = [];
  const known = new Map<string, string | undefined>();
  for (const event of events) {
    if (event.kind !== 'password') continue;
    if (!known.has(event.dn)) known.set(event.dn, await guidAt(directory, event.dn));
    const accountGuid = known.get(event.dn);
    if (accountGuid === undefined) continue;
    const { at, action, actor, from } = event;
    rows.push({ id: uuidv7(), accountGuid, at, action, actorSid: actor, address: from, controller });
  }
  return rows;
}
