import { Refusal } from '#domain/refusals.ts';
import type { SignInAnswer } from '#workflows/messages.ts';
import { ROLES } from './endpoint.ts';
import type { KeyAnswer } from './own-keys.ts';
import type { SessionDeps } from './session-endpoints.ts';
import type { SignedIn } from './sessions.ts';
import { sessionBegun, signInAttempt } from './sign-in-attempt.ts';
import { updateIdOf } from './update-id.ts';

interface Sent {
  source: string;
  nonce: string;
  /** Whether the request names itself, so that it may be sent again. */
  repeatable: boolean;
}

/** What somebody shows as the second step: a code; or at the portal the answer of a key. */
export type FactorShown = { method: string; value: string } | KeyAnswer;

/** Both steps of a sign-in, judged by the verifier. Each throws `sign-in-refused` whatever is wrong, or `too-many-requests`. */
export interface SignInSteps {
  /** Answers the token of a half session. */
  password(ask: Sent & { account: string; password: string }): Promise<string>;
  factor(ask: Sent & { half: SignedIn; halfToken: string; shown: FactorShown }): Promise<{ full: SignedIn; token: string }>;
}

/** `door`: the console asks for a role; My factors at the portal for an account that is served. `sessions` are those of that door. */
export function signInSteps({ db, hash, sealer, engine, admission, sessions, hear }: SessionDeps, door: 'console' | 'portal'): SignInSteps {
  return {
    async password({ account, password, source, nonce, repeatable }) {
      const parts = [account, password];
      const caller = door === 'console' ? source : `${door} ${source}`;
      const attempt = await signInAttempt({ db, hash, admission }, { step: 'password', nonce, repeatable, source, caller, parts });
      // The nonce is stored nowhere: neither our tables nor a history have what the cookie is made of.
      const token = sessions.tokenOf('password', nonce, attempt.subject);
      if ((await sessions.find(token))?.stage === 'password') return token;
      if (attempt.begun || attempt.stale) throw new Refusal('sign-in-refused');
      const session = attempt.subject;
      const updateId = updateIdOf(hash, { nonce, route: 'sign-in', reset: session, typed: '' });
      const value = { account, password, door, source };
      const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: 'sign-in', subject: session, value });
      const asked = { session, updateId, sealed: sealed.id };
      const answer = await engine.run<SignInAnswer>('signIn', `sign-in/${session}/${updateId}`, asked);
      // An empty password binds anonymously in LDAP (RFC 4513 §5.1.2): callers refuse it, and only the verifier's own word counts here.
      const said = answer.outcome === 'passed' ? hear('sign-in', answer.word, { session, update: updateId }) : undefined;
      if (!said) throw new Refusal('sign-in-refused');
      const roles = ROLES.filter((name) => said.roles.includes(name));
      // Crash before or between these two: the same request finds the verifier's outcome, and gives the same cookie.
      await sessions.begin({ account: said.account, sid: said.sid, name: account, roles }, 'password', token);
      await sessionBegun(db, attempt);
      return token;
    },

    async factor({ half, halfToken, shown, source, nonce, repeatable }) {
      const parts = 'value' in shown ? [shown.method, shown.value] : ['passkey', JSON.stringify(shown)];
      await signInAttempt({ db, hash, admission }, { step: 'factor', nonce, repeatable, source, caller: half.id, parts });
      const updateId = updateIdOf(hash, { nonce, route: 'sign-in-factor', reset: half.id, typed: parts.join(' ') });
      const token = sessions.tokenOf('full', halfToken, updateId);
      // A half session that was spent is good for the one answer that it was spent for.
      const earlier = half.stage === 'spent' ? await sessions.find(token) : undefined;
      if (earlier) return { full: earlier, token };
      if (half.stage !== 'password') throw new Refusal('sign-in-refused');
      const sealed = await sealer.seal(db, {
        recipient: 'verifier',
        purpose: 'sign-in',
        subject: half.id,
        value: { ...shown, door, source },
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
      return { full, token };
    },
  };
}
