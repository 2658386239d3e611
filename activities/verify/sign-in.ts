import { createHmac } from 'node:crypto';
import type { SignInAnswer, SignInAsked, SignInFactorAsked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { FactorMethod } from '#domain/next.ts';
import { isServed } from '#domain/policy.ts';
import type { Auth } from '#prisma/leaves.ts';
import { policyInForce } from '#prisma/policies.ts';
import { forgiveAll, forgiveAttempt, raiseAttempts } from './attempts.ts';
import { factorKey } from './check-factor.ts';
import { checkOneTimeCode } from './check-one-time-code.ts';
import { checkOwnKey } from './check-own-key.ts';
import { checkTotp } from './check-totp.ts';
import { nobodyIn } from './counted-as.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { earlierOutcome, once } from './once.ts';
import { passwordKey } from './known-password.ts';
import { openTyped } from './open-typed.ts';
import { rolesOf } from './roles.ts';
import { fromWhere } from './typed.ts';
import { signedWord } from './word.ts';

/**
 * First step of a sign-in: the directory password, tried by a bind on a fresh connection. One answer for every
 * failure: unknown account, wrong password, locked, no role at the console, not served at the portal, more tries within
 * the hour than the policy bears.
 */
export async function checkSignInPassword(deps: VerifierDeps, asked: SignInAsked): Promise<SignInAnswer> {
  const attempt = { subject: asked.session, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<SignInAnswer>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'sign-in', asked.sealed, asked.session);
  const typed = opened && 'password' in opened ? opened : undefined;
  const { policy } = await policyInForce(deps.db);
  const person = await deps.people.find(typed?.account ?? '');
  // Counted and committed before the bind: whoever guesses here must not lock the account in the directory, even if we crash.
  const key = passwordKey(person?.guid ?? nameKey(deps, typed?.account ?? ''));
  const mayTry = await raiseAttempts(deps.db, key, policy.attempts.signInsPerAccountPerHour);
  const signsIn = typed !== undefined && mayTry && (await deps.people.signsIn(person, typed.password));
  const isOwner = typed?.door === 'portal';
  const roles = signsIn && person && !isOwner ? await rolesOf(deps, person) : [];
  const isLetIn = isOwner ? person !== undefined && isServed(policy, person) : roles.length > 0;
  const whyNotIn = isOwner ? 'not served' : 'no role';

  return once<SignInAnswer>(deps, attempt, async (tx) => {
    if (signsIn) await forgiveAll(tx, key);
    const passed = signsIn && person !== undefined && isLetIn;
    const reason = passed ? {} : { reason: !mayTry ? 'over the limit' : signsIn ? whyNotIn : 'not accepted' };
    await recordLeaf(
      tx,
      {
        type: 'sign-in.password',
        outcome: passed ? 'success' : 'failure',
        ...(person ? { actor: { type: 'person', guid: person.guid, sid: person.sid, ...(passed ? { auth: PASSWORD } : {}) } } : {}),
        ...reason,
        ...fromWhere(typed),
        do: { ...(passed && !isOwner ? { roles } : {}), ...(isOwner ? { door: 'portal' } : {}) },
      },
      VERIFIER,
    );
    if (!passed) return { outcome: { outcome: 'failed' } };
    const word = signedWord(deps, {
      kind: 'sign-in',
      session: asked.session,
      update: asked.updateId,
      account: person.guid,
      sid: person.sid,
      roles,
    });
    return { outcome: { outcome: 'passed', word } };
  });
}

/** Second step: the one-time code of the account that passed the first; at the portal also of a hardware token, or a key of theirs that signs for just this session. */
export async function checkSignInFactor(deps: VerifierDeps, asked: SignInFactorAsked): Promise<SignInAnswer> {
  const attempt = { subject: asked.session, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<SignInAnswer>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'sign-in', asked.sealed, asked.session);
  const typed = opened && !('password' in opened) ? opened : undefined;
  const person = await deps.people.read(asked.account);
  const { policy } = await policyInForce(deps.db);
  const counted = factorKey(typed ? asked.account : nobodyIn(asked.session));

  return once<SignInAnswer>(deps, attempt, async (tx) => {
    const mayCount = await raiseAttempts(tx, counted, policy.attempts.perAccountPerHour);
    const whose = mayCount && typed ? asked.account : undefined;
    const isOwner = typed?.door === 'portal';
    const key = typed && 'assertion' in typed ? await checkOwnKey(tx, deps, whose, asked.session, typed) : undefined;
    const value = typed && 'value' in typed ? typed.value : undefined;
    const ask = [tx, deps, whose, value, policy.attempts.perAuthenticator, typed?.source] as const;
    const code = key ? undefined : isOwner ? await checkOneTimeCode(...ask) : await checkTotp(...ask);
    const passed = key && !('fault' in key) ? key : code && { method: 'totp' as const, ...code };
    if (passed) await forgiveAttempt(tx, counted);
    await recordLeaf(
      tx,
      {
        type: 'sign-in.factor',
        outcome: passed ? 'success' : 'failure',
        actor: { type: 'person', guid: asked.account, sid: person?.sid ?? null, ...(passed ? { auth: authOf(passed) } : {}) },
        do: {
          method: passed?.method ?? (key ? 'passkey' : isOwner ? 'one-time-code' : 'totp'),
          ...(isOwner ? { door: 'portal' } : {}),
          counted: !typed ? 'nothing was typed' : mayCount ? 'yes' : 'over the limit',
          credential: passed?.credential ?? null,
          ...(key && 'fault' in key ? { fault: key.fault } : {}),
        },
        ...fromWhere(typed),
      },
      VERIFIER,
    );
    if (!passed) return { outcome: { outcome: 'failed' } };
    const word = signedWord(deps, { kind: 'sign-in-factor', session: asked.session, update: asked.updateId, account: asked.account });
    return { outcome: { outcome: 'passed', word }, consumed: passed.consumed };
  });
}

const PASSWORD: Auth = { method: 'password', aal: '1', cred: null };

/** Directory password and one-time code or key: two factors, of which the second is kept elsewhere (NIST SP 800-63B-4 §2.2). */
function authOf({ method, credential }: { method: FactorMethod; credential: string }): Auth {
  return { method: `password ${method}`, aal: '2', cred: credential };
}

/** A name that nobody has is counted too, by its HMAC, so that the limit tells nothing about which names exist. */
function nameKey(deps: VerifierDeps, name: string): string {
  return createHmac('sha256', deps.keys.names)
    .update(`sign-in\n${name.normalize('NFC').trim().toLowerCase()}`)
    .digest('hex');
}
