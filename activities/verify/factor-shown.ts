import { createHash } from 'node:crypto';
import type { Shown } from '#domain/ladder.ts';
import type { Policy } from '#domain/policy.ts';
import type { Transaction } from '#db';
import { canonical } from '#evidence/jcs.ts';
import { ownChange } from '#prisma/own-factor-text.ts';
import { OWN_CHANGE_PURPOSE, OWN_FACTORS_TAG } from '#domain/own-factor-statement.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { openCeremony } from './ceremony.ts';
import { checkCode } from './check-code.ts';
import { factorKey } from './check-factor.ts';
import { checkOneTimeCode } from './check-one-time-code.ts';
import type { VerifierDeps } from './deps.ts';
import type { Refused } from './own-deed.ts';
import { checkAssertion, passkeysOf, refusalOf } from './passkeys.ts';
import type { TypedAssertion } from './typed-parts.ts';
import type { Typed, TypedFactorDeed } from './typed.ts';

export interface WasShown {
  by: Extract<Shown, 'nothing' | 'issued-code' | 'enrolment-ticket' | 'policy-condition' | 'totp' | 'hardware-token' | 'passkey'>;
  credential: string | null;
  consumed: readonly string[];
  /** Of the help desk, who issued the ticket; or who made the letter. */
  issuer: string | null;
  /** Of the letter, which campaign. */
  campaign: string | null;
  /** Of the policy, which condition is met, and the version that says so. */
  met?: { condition: string; policy: string };
}

/**
 * Checks what somebody signed in to My factors shows for a change: a fresh code of an app or token of theirs, or the help
 * desk's ticket or that of a letter, counted where they are counted at a reset and burned before they are honoured; or the signature of a key of theirs over this
 * very change, once: a name and the end of a freeze are confirmed by no key.
 */
export async function checkShown(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys' | 'relyingParty' | 'metadata'>,
  { account, by, what, source }: Pick<Typed<'own-factor'>, 'account' | 'by' | 'source'> & { what?: TypedFactorDeed },
  { attempts }: Policy,
): Promise<WasShown | Refused> {
  if (!by) return { by: 'nothing', credential: null, consumed: [], issuer: null, campaign: null };
  // Tried before this transaction, and for a first app only (first-factor.ts); it confirms nothing else.
  if ('password' in by) return { refusal: 'factor-too-weak' };
  if ('assertion' in by) return bySignature(tx, deps, { account, by, what, source });
  const key = 'code' in by ? factorKey(account) : `proof:${account}`;
  const whose = (await raiseAttempts(tx, key, attempts.perAccountPerHour)) ? account : undefined;
  if ('code' in by) {
    const passed = await checkOneTimeCode(tx, deps, whose, by.code, attempts.perAuthenticator, source);
    if (!passed) return { refusal: 'factor-not-accepted' };
    await forgiveAttempt(tx, key);
    return { by: passed.method, credential: passed.credential, consumed: [passed.consumed], issuer: null, campaign: null };
  }
  const [method, typed] = 'issuedCode' in by ? (['issued-code', by.issuedCode] as const) : (['enrolment-ticket', by.letterCode] as const);
  const ticket = await checkCode(tx, deps, whose, method, typed);
  if (!ticket) return { refusal: method === 'issued-code' ? 'ticket-not-accepted' : 'letter-not-accepted' };
  await forgiveAttempt(tx, key);
  return {
    by: method,
    credential: ticket.credential,
    consumed: [ticket.consumed],
    issuer: ticket.issuer,
    campaign: ticket.campaign ?? null,
  };
}

/** What is burned with a secret that was enrolled: the same page sent twice gives no second app. */
export function seedUsed(secret: Uint8Array): string {
  return `totp-seed:${createHash('sha256').update(secret).digest('hex')}`;
}

async function bySignature(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys' | 'relyingParty' | 'metadata'>,
  {
    account,
    by,
    what,
    source,
  }: Pick<Typed<'own-factor'>, 'account' | 'source'> & {
    what: TypedFactorDeed | undefined;
    by: { ceremony: string; assertion: TypedAssertion };
  },
): Promise<WasShown | Refused> {
  if (!what || what.deed === 'rename' || what.deed === 'settle') return { refusal: 'ceremony-over' };
  const ceremony = await openCeremony(tx, { ceremony: by.ceremony, account, purpose: OWN_CHANGE_PURPOSE });
  if (!ceremony) return { refusal: 'ceremony-over' };
  const { consumed, ...begun } = ceremony;
  const shown = what.deed === 'app' ? { deed: what.deed, secret: what.totp.secret, replaces: what.replaces } : what;
  const text = canonical(ownChange(begun, shown));
  const asserted = await checkAssertion(tx, deps, await passkeysOf(tx, deps, account), {
    tag: OWN_FACTORS_TAG,
    text,
    assertion: by.assertion,
    from: source,
  });
  if ('fault' in asserted) return { refusal: refusalOf(asserted.fault), fault: asserted.fault };
  return { by: 'passkey', credential: asserted.passkey.id, consumed: [consumed], issuer: null, campaign: null };
}
