import { z } from 'zod';
import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import type { SignInAnswer } from '#workflows/messages.ts';
import { actorOf } from './actor.ts';
import type { Admission } from './admission.ts';
import { clearCookie, SESSION_COOKIE, setCookie } from './cookies.ts';
import { endpoint, ROLES, signedIn, type Answer } from './endpoint.ts';
import type { Engine } from './engine.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { Sealer } from './seal.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import { factorMethod, moment } from './shapes.ts';
import { sessionBegun, signInAttempt } from './sign-in-attempt.ts';
import { accountName, code, password } from './typed.ts';
import { updateIdOf } from './update-id.ts';
import type { HearVerifier } from './verifier-word.ts';

const role = z.enum(ROLES);
const session = z.object({ stage: z.literal('full'), account: z.string(), name: z.string(), roles: z.array(role), endsAt: moment });
const halfSession = z.object({
  stage: z.literal('factor'),
  next: z.object({ step: z.literal('factor'), choices: z.array(z.string()), message: z.string() }),
  roles: z.array(role),
});

export interface SessionDeps {
  db: Database;
  hash: KeyedHash;
  sealer: Sealer;
  engine: Engine;
  admission: Admission;
  sessions: Sessions;
  hear: HearVerifier;
}

/**
 * Sign-in in two steps, both judged by the verifier: the directory password, then the authenticator. Whatever is wrong,
 * the answer is `sign-in-refused`. Each step gives a new cookie, so one that was planted before is worth nothing; the same
 * request again (same Idempotency-Key) gets the same cookie, as long as its session lives.
 */
export function sessionEndpoints({ db, hash, sealer, engine, admission, sessions, hear }: SessionDeps) {
  return {
    signIn: endpoint(
      {
        summary: 'Sign in: directory password',
        access: 'public',
        body: z.strictObject({ account: accountName, password: password.min(1) }),
        replies: { 200: { description: 'The password is right; the factor is still needed', schema: halfSession } },
        refusals: ['sign-in-refused', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async ({ body, source, nonce, repeatable }) => {
        const parts = [body.account, body.password];
        const attempt = await signInAttempt(
          { db, hash, admission },
          { step: 'password', nonce, repeatable, source, caller: source, parts },
        );
        // The nonce is stored nowhere: neither our tables nor a history have what the cookie is made of.
        const token = sessions.tokenOf('password', nonce, attempt.subject);
        if ((await sessions.find(token))?.stage === 'password') return askForFactor(token);
        if (attempt.begun || attempt.stale) throw new Refusal('sign-in-refused');
        const session = attempt.subject;
        const updateId = updateIdOf(hash, { nonce, route: 'sign-in', reset: session, typed: '' });
        const { account, password } = body;
        const sealed = await sealer.seal(db, {
          recipient: 'verifier',
          purpose: 'sign-in',
          subject: session,
          value: { account, password, source },
        });
        const asked = { session, updateId, sealed: sealed.id };
        const answer = await engine.run<SignInAnswer>('signIn', `sign-in/${session}/${updateId}`, asked);
        // An empty password binds anonymously in LDAP (RFC 4513 §5.1.2): it is refused above, and only the verifier's own word counts here.
        const said = answer.outcome === 'passed' ? hear('sign-in', answer.word, { session, update: updateId }) : undefined;
        if (!said) throw new Refusal('sign-in-refused');
        const roles = ROLES.filter((name) => said.roles.includes(name));
        // Crash before or between these two: the same request finds the verifier's outcome, and gives the same cookie.
        await sessions.begin({ account: said.account, sid: said.sid, name: account, roles }, 'password', token);
        await sessionBegun(db, attempt);
        return askForFactor(token);
      },
    ),

    factor: endpoint(
      {
        summary: 'Sign in: the authenticator',
        access: 'second-step',
        body: z.strictObject({ factor: factorMethod, value: code }),
        replies: { 200: { description: 'Signed in', schema: session } },
        refusals: ['sign-in-refused', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { source, nonce, repeatable } = ask;
        const half = signedIn(ask);
        const halfToken = ask.sessionToken ?? '';
        const parts = [ask.body.factor, ask.body.value];
        await signInAttempt({ db, hash, admission }, { step: 'factor', nonce, repeatable, source, caller: half.id, parts });
        const updateId = updateIdOf(hash, {
          nonce,
          route: 'sign-in-factor',
          reset: half.id,
          typed: `${ask.body.factor} ${ask.body.value}`,
        });
        const token = sessions.tokenOf('full', halfToken, updateId);
        // A half session that was spent is good for the one answer that it was spent for.
        const earlier = half.stage === 'spent' ? await sessions.find(token) : undefined;
        if (earlier) return signedInNow(earlier, token);
        if (half.stage !== 'password') throw new Refusal('sign-in-refused');
        const sealed = await sealer.seal(db, {
          recipient: 'verifier',
          purpose: 'sign-in',
          subject: half.id,
          value: { method: ask.body.factor, value: ask.body.value, source: ask.source },
        });
        const answer = await engine.run<SignInAnswer>('signInFactor', `sign-in/${half.id}/${updateId}`, {
          session: half.id,
          updateId,
          sealed: sealed.id,
          account: half.account,
        });
        const said =
          answer.outcome === 'passed'
            ? hear('sign-in-factor', answer.word, { session: half.id, update: updateId, account: half.account })
            : undefined;
        // Crash before this: the half session is still there, and the same request finds the verifier's outcome.
        const full = said && (await sessions.complete(halfToken, token));
        if (!full) throw new Refusal('sign-in-refused');
        return signedInNow(full, token);
      },
    ),

    show: endpoint(
      { summary: 'Who is signed in', access: 'signed-in', replies: { 200: { description: 'The session', schema: session } }, refusals: [] },
      async (ask) => ({ status: 200, body: shown(signedIn(ask)) }),
    ),

    end: endpoint(
      { summary: 'Sign out', access: 'password-passed', replies: { 204: { description: 'Signed out' } }, refusals: [] },
      async (ask) => {
        const session = signedIn(ask);
        if (ask.sessionToken) await sessions.end(ask.sessionToken);
        await db.$transaction((tx) =>
          appendLeaf(tx, { type: 'sign-in.ended', outcome: 'success', actor: actorOf(session), do: { session: session.id } }, 'api'),
        );
        return { status: 204, cookie: clearCookie(SESSION_COOKIE) };
      },
    ),
  };
}

function askForFactor(token: string): Answer {
  const next = { step: 'factor', choices: ['totp'], message: 'Now type the six digits that your authenticator app shows.' };
  return { status: 200, body: { stage: 'factor', roles: [], next }, cookie: setCookie(SESSION_COOKIE, token) };
}

function signedInNow(full: SignedIn, token: string): Answer {
  return { status: 200, body: shown(full), cookie: setCookie(SESSION_COOKIE, token) };
}

function shown({ account, name, roles, endsAt }: SignedIn) {
  return { stage: 'full', account, name, roles, endsAt: endsAt.toISOString() };
}
