import { createHash } from 'node:crypto';
import type { Shown } from '#domain/ladder.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Transaction } from '#db';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { checkCode } from './check-code.ts';
import { factorKey } from './check-factor.ts';
import { checkOneTimeCode } from './check-one-time-code.ts';
import type { VerifierDeps } from './deps.ts';
import type { Typed } from './typed.ts';

export interface WasShown {
  by: Extract<Shown, 'nothing' | 'issued-code' | 'totp' | 'hardware-token'>;
  credential: string | null;
  consumed: readonly string[];
  /** Of the help desk, who issued the ticket. */
  issuer: string | null;
}

/**
 * Checks what somebody signed in to My factors shows for a change: a fresh code of an app or token of theirs, or the help
 * desk's ticket, counted where they are counted at a reset and burned before they are honoured.
 */
export async function checkShown(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  { account, by, source }: Pick<Typed<'own-factor'>, 'account' | 'by' | 'source'>,
  { attempts }: Policy,
): Promise<WasShown | { refusal: RefusalCode }> {
  if (!by) return { by: 'nothing', credential: null, consumed: [], issuer: null };
  const key = 'code' in by ? factorKey(account) : `proof:${account}`;
  const whose = (await raiseAttempts(tx, key, attempts.perAccountPerHour)) ? account : undefined;
  if ('code' in by) {
    const passed = await checkOneTimeCode(tx, deps, whose, by.code, attempts.perAuthenticator, source);
    if (!passed) return { refusal: 'factor-not-accepted' };
    await forgiveAttempt(tx, key);
    return { by: passed.method, credential: passed.credential, consumed: [passed.consumed], issuer: null };
  }
  const ticket = await checkCode(tx, deps, whose, 'issued-code', by.issuedCode);
  if (!ticket) return { refusal: 'ticket-not-accepted' };
  await forgiveAttempt(tx, key);
  return { by: 'issued-code', credential: ticket.credential, consumed: [ticket.consumed], issuer: ticket.issuer };
}

/** What is burned with a secret that was enrolled: the same page sent twice gives no second app. */
export function seedUsed(secret: Uint8Array): string {
  return `totp-seed:${createHash('sha256').update(secret).digest('hex')}`;
}
