import type { Client } from '@temporalio/client';
import { Prisma, type Database } from '#db';
import { TELLING_MOMENTS, type TellingMoment } from '#domain/message.ts';
import type { Changes } from '#prisma/changes.ts';
import type { Log } from '#process-log';
import type { TellAsked } from '../telling-contract.ts';
import { againAndAgain } from '../again-and-again.ts';
import { beginUnlessRunning, type OneAtATime } from '../one-at-a-time.ts';

/** Besides the word that something waits: what a workflow was busy for is found again by then. */
const EVERY_MS = 2000;
const MOST = 50;
/** Who is told a second later misses nothing, and those of whom there was word meanwhile are told by one workflow and not by one each. */
const GATHER_MS = 1000;

/** Resets and changes of factors of which people have to be told, the ones first that were never tried. */
async function waitingTellings(db: Database): Promise<TellAsked[]> {
  const rows = await db.$queryRaw<{ id: string; moment: string | null }[]>`
    SELECT id, moment FROM (
      SELECT reset_id::text AS id, moment, again_at, asked_at FROM telling WHERE done_at IS NULL AND again_at <= clock_timestamp()
      UNION ALL
      SELECT id::text, NULL, again_at, asked_at FROM factor_telling WHERE done_at IS NULL AND again_at <= clock_timestamp()
    ) AS waiting ORDER BY again_at, asked_at LIMIT ${MOST}`;
  return rows.flatMap(({ id, moment }): TellAsked[] => {
    if (moment === null) return [{ factors: id }];
    return isMoment(moment) ? [{ reset: id, moment }] : [];
  });
}

const PUT_OFF = Prisma.sql`tries = tries + 1, again_at = clock_timestamp() + least(interval '1 minute' * power(2, least(tries, 6)), interval '1 hour')`;

/**
 * Each try that told nobody doubles the wait, from a minute to an hour: what cannot be told, whatever the reason, must
 * not keep the server and the directory busy by day and night.
 */
async function againLater(db: Database, tellings: readonly TellAsked[]): Promise<void> {
  const resets = tellings.filter((one) => 'reset' in one);
  const factors = tellings.filter((one) => 'factors' in one);
  await db.$executeRaw`
    UPDATE telling t SET ${PUT_OFF}
    FROM unnest(${resets.map(({ reset }) => reset)}::text[], ${resets.map(({ moment }) => moment)}::text[]) AS asked (reset, moment)
    WHERE t.reset_id = asked.reset::uuid AND t.moment = asked.moment`;
  await db.$executeRaw`
    UPDATE factor_telling SET ${PUT_OFF}
    WHERE id = ANY(${factors.map(({ factors: id }) => id)}::uuid[])`;
}

function isMoment(text: string): text is TellingMoment {
  return (TELLING_MOMENTS as readonly string[]).includes(text);
}

/** Begins to tell of what waits, at most fifty at a time, unless that is being done. */
export async function tellOnce(db: Database, client: Pick<Client, 'workflow'>, one: OneAtATime): Promise<void> {
  const tellings = await waitingTellings(db);
  if (tellings.length === 0 || !(await beginUnlessRunning(client, one, { tellings }))) return;
  // If we crash here, they are asked for once more, and whoever was told is not told again.
  await againLater(db, tellings);
}

/** Has people told a moment after there is something to tell, until the returned function is called. */
export function startTelling(
  db: Database,
  client: Pick<Client, 'workflow'>,
  changes: Changes,
  one: OneAtATime,
  log: Log,
): () => Promise<void> {
  const turns = againAndAgain(EVERY_MS, () => tellOnce(db, client, one), log, 'what is to be told could not be looked for; tried again');
  let gathering: NodeJS.Timeout | undefined;
  const look = (): void => {
    gathering = undefined;
    turns.look();
  };
  const stop = changes.on(({ topic }) => {
    if (topic === 'tellings') gathering ??= setTimeout(look, GATHER_MS);
  });
  return async () => {
    stop();
    clearTimeout(gathering);
    await turns.stop();
  };
}
