import { join } from 'node:path';
import { layout } from '../paths.ts';
import type { Progress } from '../progress.ts';
import { makeRoles } from '../setup/database-roles.ts';
import { identities } from '../setup/identities.ts';
import { ownedFolder } from '../setup/owned-files.ts';
import { makePostgresData } from '../setup/postgres-data.ts';
import { childPart } from '../stack/child.ts';
import { endLeftovers, markOf } from '../stack/pids.ts';
import { freePort } from '../stack/ports.ts';
import { postgresSpec, superuserUrl } from '../stack/postgres.ts';
import { createSupervisor } from '../stack/supervisor.ts';

/** The state folder of the lane that does without the stack, within that of the run. */
export const besideState = (state: string): string => join(state, 'beside');

/** Ends what a run that was killed has left of it. */
export const endBesideLeftovers = (state: string): Promise<string[]> => endLeftovers(layout(besideState(state)).pidsFile);

/**
 * Starts a PostgreSQL with the roles of the processes for the tests that do without the stack. Not the stack's own:
 * some tests kill that one, and a transaction that is open in any database of a server holds up a notary in every other.
 */
export async function startBesideDatabase(state: string, progress: Progress): Promise<{ stop: () => Promise<void> }> {
  const beside = besideState(state);
  const ids = identities();
  ownedFolder(beside, undefined, 0o755);
  ownedFolder(join(beside, 'log'), undefined, 0o755);
  await makePostgresData(beside, ids.postgres, progress);
  const self = markOf('supervisor', process.pid) ?? { name: 'supervisor', pid: process.pid, startTime: 'unknown' };
  const supervisor = createSupervisor(layout(beside).pidsFile, self, console.log);
  const port = await freePort();
  await progress.step('PostgreSQL for tests without the stack', () =>
    supervisor.start(childPart(postgresSpec(beside, port, ids.postgres), true)),
  );
  await makeRoles(beside, superuserUrl(beside, port), ids, progress);
  return { stop: async () => void (await supervisor.stop()) };
}
