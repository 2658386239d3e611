import type { Policy } from '#domain/policy.ts';
import type { FactorMethod } from '#domain/next.ts';
import type { Transaction } from '#db';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { factorKey } from './check-factor.ts';
import { checkTotp } from './check-totp.ts';
import { nobodyIn } from './counted-as.ts';
import type { VerifierDeps } from './deps.ts';

/** With what somebody confirmed a deed of theirs, and what was burned by it. */
export interface OwnFactor {
  method: FactorMethod;
  credential: string;
  consumed: string;
}

/**
 * Confirms what an officer does with a factor of their own, within the caller's transaction: counted before it is judged,
 * burned before it is honoured. `value` undefined says that nothing usable was typed in `subject`: the same statements
 * are run, it raises nobody's count and fails. Undefined when it does not pass.
 */
export async function confirmWithOwnFactor(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  { person, value, subject }: { person: string; value: string | undefined; subject: string },
  { attempts }: Policy,
): Promise<OwnFactor | undefined> {
  const key = factorKey(value === undefined ? nobodyIn(subject) : person);
  const mayCount = await raiseAttempts(tx, key, attempts.perAccountPerHour);
  const passed = await checkTotp(tx, deps, mayCount && value !== undefined ? person : undefined, value, attempts.perAuthenticator);
  if (!passed) return undefined;
  await forgiveAttempt(tx, key);
  return { method: 'totp', credential: passed.credential, consumed: passed.consumed };
}
