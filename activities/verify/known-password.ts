import type { Policy } from '#domain/policy.ts';
import type { Knows } from '#activities/directory/knows-password.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import type { VerifierDeps } from './deps.ts';

/** One count of directory passwords tried for an account here, whoever asks: the console, My factors, or a reset. */
export function passwordKey(account: string): string {
  return `sign-in:${account}`;
}

/** For as long as a slow controller may take over one bind, and the reads before it. */
const LONGEST_MS = 20_000;

/**
 * Tries the password of an account as a proof, one try after the other. Counted and committed before the bind, together with the
 * tries of sign-ins: whoever guesses here must not lock the account in the directory, even if we crash. `counted`: whose count it is;
 * `account` undefined does the same for nobody.
 */
export async function tryKnownPassword(
  deps: Pick<VerifierDeps, 'db' | 'people'>,
  { account, counted, password, policy }: { account: string | undefined; counted: string; password: string; policy: Policy },
): Promise<Knows> {
  const key = passwordKey(counted);
  const mayTry = await raiseAttempts(deps.db, key, policy.attempts.signInsPerAccountPerHour);
  // Beyond the limit nobody's is tried, and nobody waits for a turn.
  if (!mayTry) return deps.people.knows(undefined, password);
  return deps.db.$transaction(
    async (tx) => {
      // Two at a time would read the same count at the controller and use it up twice.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`password\n${counted}`}, 0))`;
      const knows = await deps.people.knows(account, password);
      if (knows === 'known') await forgiveAttempt(tx, key);
      return knows;
    },
    { maxWait: LONGEST_MS, timeout: LONGEST_MS },
  );
}
