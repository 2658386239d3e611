import { isSuddenRise } from '#domain/sudden-rise.ts';
import type { Database } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import type { Log } from '#process-log';
import { againAndAgain } from '../again-and-again.ts';
import { raiseAlarm } from '../raise-alarm.ts';

const EVERY_MS = 60_000;
const USUAL_EVERY_MS = 3_600_000;
const DAYS = 7;
/** What somebody types who guesses: each leaves a leaf, at the portal, under My factors and at the console. */
const TYPED = ['proof.checked', 'factor.checked', 'sign-in.password', 'sign-in.factor'];

/** The busiest ten minutes of each of the seven days before the last ten minutes, in failures, the latest day first. */
export async function dailyPeaks(db: Pick<Database, '$queryRaw'>): Promise<number[]> {
  const rows = await db.$queryRaw<{ day: number; most: number }[]>`
    WITH failed AS (
      SELECT floor(extract(epoch FROM now() - interval '10 minutes' - at) / 600)::int AS span, count(*)::int AS n FROM leaf
      WHERE type = ANY(${TYPED}) AND outcome = 'failure' AND at > now() - interval '7 days 10 minutes' AND at <= now() - interval '10 minutes'
      GROUP BY 1)
    SELECT span / 144 AS day, max(n) AS most FROM failed GROUP BY 1`;
  const most = new Map(rows.map((row) => [row.day, row.most]));
  return Array.from({ length: DAYS }, (_, day) => most.get(day) ?? 0);
}

/** Calls officers when the last ten minutes hold far more failures than usual, at most once an hour. Answers whether they do. */
export async function lookAtFailures(db: Database, peaks: readonly number[]): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ failures: number; hour: string }[]>`
      SELECT count(*)::int AS failures, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24"Z"') AS hour FROM leaf
      WHERE type = ANY(${TYPED}) AND outcome = 'failure' AND at > now() - interval '10 minutes'`;
    const { policy } = await policyInForce(tx);
    const { failures, hour } = row ?? { failures: 0, hour: '' };
    if (!isSuddenRise(failures, peaks, policy.attempts.alarmPerTenMinutes)) return false;
    await raiseAlarm(tx, { kind: 'sudden-rise', subject: hour, do: { failures, peaks: [...peaks] } }, 'worker');
    return true;
  });
}

/** Looks every minute until the returned function is called. */
export function watchFailures(db: Database, log: Log): () => Promise<void> {
  let peaks: number[] = [];
  let peaksAt = 0;
  const turn = async (): Promise<void> => {
    const now = Date.now();
    if (now - peaksAt >= USUAL_EVERY_MS) [peaks, peaksAt] = [await dailyPeaks(db), now];
    await lookAtFailures(db, peaks);
  };
  return againAndAgain(EVERY_MS, turn, log, 'failures could not be counted; tried again').stop;
}
