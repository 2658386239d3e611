import type { Database } from '#db';
import { endByTime } from './sessions.ts';
import { CARD_CEREMONY_SECONDS } from '#domain/passkey.ts';
import type { Logger } from './problem.ts';

const EVERY_MS = 10 * 60_000;
/** Nobody repeats a request a day later. */
const KEEP_ANSWERS_MS = 24 * 3_600_000;

/** Removes answers, sessions and ceremonies that are over, and simulations that nobody read. Returns a function that stops it. */
export function keepTidy(db: Database, log: Logger): () => void {
  const tidy = async () => {
    await db.answer.deleteMany({ where: { at: { lt: new Date(Date.now() - KEEP_ANSWERS_MS) } } });
    await db.policySimulation.deleteMany({ where: { askedAt: { lt: new Date(Date.now() - EVERY_MS) } } });
    await db.ceremony.deleteMany({ where: { createdAt: { lt: new Date(Date.now() - 2000 * CARD_CEREMONY_SECONDS) } } });
    for (const row of await db.session.findMany({ where: { endsAt: { lt: new Date() } } })) await endByTime(db, row, null);
  };
  const timer = setInterval(
    () => void tidy().catch(() => log.warn({}, 'old answers and sessions could not be removed; tried again later')),
    EVERY_MS,
  );
  timer.unref();
  return () => clearInterval(timer);
}
