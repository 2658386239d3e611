import type { Log } from '#process-log';
import type { Database } from '#db';
import { againAndAgain } from '../again-and-again.ts';
import type { ControllerView, Directory } from './connect.ts';

const EVERY_MS = 15_000;
/** How old an answer may be before a controller is asked again: operators look at what is noted. */
const ASKED_MS = 30_000;

/** Notes what this process knows of each controller, every quarter of a minute until the returned function is called, for metrics and the console. */
export function noteControllers(deps: { db: Database; directory: Directory; process: string }, log: Log): () => Promise<void> {
  return againAndAgain(EVERY_MS, () => noteOnce(deps), log, 'what is known of the controllers could not be noted; tried again').stop;
}

/** Looks at those that were not heard of for a while, without signing in, and writes down what is known of all; forgets those that nobody names any more. */
export async function noteOnce({ db, directory, process }: { db: Database; directory: Directory; process: string }): Promise<void> {
  await directory.tend(ASKED_MS);
  const views = directory.known();
  await db.$transaction(async (tx) => {
    for (const [place, view] of views.entries()) {
      const row = rowOf(view, place + 1);
      const key = { process_url: { process, url: view.url } };
      const before = await tx.controllerView.findUnique({ where: key, select: { health: true } });
      const since = before?.health === row.health ? {} : { since: new Date() };
      await tx.controllerView.upsert({
        where: key,
        create: { process, url: view.url, ...row },
        update: { ...row, ...since, at: new Date() },
      });
    }
    await tx.controllerView.deleteMany({ where: { process, url: { notIn: views.map(({ url }) => url) } } });
  });
}

function rowOf({ servername, from, isPdc, health, why, unfit, milliseconds, facts }: ControllerView, turn: number) {
  return {
    name: servername,
    namedBy: from,
    site: facts?.site ?? null,
    isPdc,
    readOnly: facts?.readOnly ?? null,
    // One that was never asked counts as good until it was.
    health: unfit !== undefined ? 'unfit' : health === 'good' && !facts ? 'unasked' : health,
    milliseconds: milliseconds ?? null,
    why: unfit ?? why ?? null,
    turn,
  };
}
