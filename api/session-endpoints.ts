import { z } from 'zod';
import type { Database } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';
import { actorOf } from './actor.ts';
import type { Admission } from './admission.ts';
import { clearCookie, SESSION_COOKIE, setCookie } from './cookies.ts';
import { endpoint, ROLES, signedIn, type Answer } from './endpoint.ts';
import type { Engine } from './engine.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { Sealer } from './seal.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import { codeMethod, moment } from './shapes.ts';
import { signInSteps } from './sign-in-steps.ts';
import { accountName, code, password } from './typed.ts';
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
export function sessionEndpoints(deps: SessionDeps) {
  const { db, sessions } = deps;
  const steps = signInSteps(deps, 'console');
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
      async ({ body, source, nonce, repeatable }) => askForFactor(await steps.password({ ...body, source, nonce, repeatable })),
    ),

    factor: endpoint(
      {
        summary: 'Sign in: the authenticator',
        access: 'second-step',
        body: z.strictObject({ factor: codeMethod, value: code }),
        replies: { 200: { description: 'Signed in', schema: session } },
        refusals: ['sign-in-refused', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { source, nonce, repeatable, body } = ask;
        const { full, token } = await steps.factor({
          half: signedIn(ask),
          halfToken: ask.sessionToken ?? '',
          shown: { method: body.factor, value: body.value },
          source,
          nonce,
          repeatable,
        });
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
