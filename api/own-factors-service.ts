import {
  OWN_CHANGE_PURPOSE,
  OWN_FACTORS_TAG,
  OWN_SIGN_IN_PURPOSE,
  ownSignInStatement,
  type ChangeShown,
} from '#domain/own-factor-statement.ts';
import { PASSKEY_TAG, removeStatement } from '#domain/passkey.ts';
import { Refusal } from '#domain/refusals.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { policyInForce } from '#prisma/policies.ts';
import { ownChange } from '#prisma/own-factor-text.ts';
import { actorOf } from './actor.ts';
import { appShown, newCodesFor, newSecret, type AppSettings } from './before-it-counts.ts';
import { readDisputes } from './own-disputes.ts';
import { openReplacement } from './open-replacement.ts';
import { updateIdOf } from './update-id.ts';
import { openLetter } from './own-ways-in.ts';
import { readOwnFactors } from './own-factors.ts';
import type { ChangeAsked, ConfirmedWith, FactorHolder, OwnFactorsFlow } from './own-factors-flow.ts';
import { beginCeremony, challengeFor, creationFor, openedCeremony } from './own-keys.ts';
import { carryOut } from './sealed-deed.ts';
import type { SessionDeps } from './session-endpoints.ts';
import type { SignedIn } from './sessions.ts';
import { signInSteps } from './sign-in-steps.ts';

/** My factors: `sessions` are those of the portal's door, `app` how new apps make their codes, `relyingParty` for which host name keys are made. */
export function createOwnFactorsFlow(
  deps: SessionDeps,
  { app, relyingParty }: { app: AppSettings; relyingParty: { id: string } },
): OwnFactorsFlow {
  const { db, hash, admission, sessions, sealer, engine } = deps;
  const steps = signInSteps(deps, 'portal');

  const signedIn = async (token: string | undefined, halfWillDo = false): Promise<SignedIn & { token: string }> => {
    const session = await sessions.find(token);
    if (!session || token === undefined || (session.stage !== 'full' && !halfWillDo)) throw new Refusal('sign-in-needed');
    return { ...session, token };
  };
  /** The verifier judges; here only whether the session has come so far: before the second step nothing but a ticket, or an objection. */
  const change = async ({ token, source, nonce }: FactorHolder, what: object, by?: ConfirmedWith, halfWillDo = false): Promise<void> => {
    const session = await signedIn(token, halfWillDo || (by !== undefined && isTicket(by)));
    await admission.step(`factors of ${session.account}`);
    if (by) await admission.attempt(source);
    const value = { account: session.account, what, ...(by ? { by } : {}), source };
    await carryOut(deps, 'changeFactor', 'own-factor', { session, nonce, value });
  };

  /** A deed about a key, which the verifier judges as it judges those of the console. */
  const keyDeed = async (workflow: 'addPasskey' | 'dropPasskey', { token, source, nonce }: FactorHolder, value: object): Promise<void> => {
    const session = await signedIn(token);
    await admission.step(`factors of ${session.account}`);
    await admission.attempt(source);
    const purpose = workflow === 'addPasskey' ? 'passkey' : 'passkey-removal';
    const sealed = { account: session.account, door: 'portal', ...value, source };
    await carryOut(deps, workflow, purpose, { session, nonce, value: sealed });
  };

  /** What the page of this form shows, made again. */
  const shownIn = (token: string, change: ChangeAsked): ChangeShown => {
    if (change.deed === 'app') return { deed: 'app', secret: newSecret(hash, token, change.of, app.algorithm), replaces: change.replaces };
    if (change.deed === 'recovery-codes') return { deed: 'recovery-codes', recoveryCodes: newCodesFor(hash, token, change.of) };
    return change;
  };

  return {
    signIn: (ask) => steps.password({ ...ask, repeatable: true }),

    async confirm({ token, by, source, nonce }) {
      const half = (await sessions.find(token)) ?? (await sessions.findSpent(token));
      if (!half || token === undefined) throw new Refusal('sign-in-needed');
      const shown = 'code' in by ? { method: 'totp', value: by.code } : by;
      const done = await steps.factor({ half, halfToken: token, shown, source, nonce, repeatable: true });
      return done.token;
    },

    async confirmChallenge(token) {
      const half = await signedIn(token, true);
      const ceremony = await openedCeremony(db, half.id, OWN_SIGN_IN_PURPOSE);
      return challengeFor(relyingParty, ceremony, OWN_FACTORS_TAG, ownSignInStatement(ceremony));
    },

    async changeChallenge(token, change) {
      const session = await signedIn(token);
      await admission.step(`ceremonies of ${session.account}`);
      const ceremony = await beginCeremony(db, session.account, OWN_CHANGE_PURPOSE);
      return challengeFor(relyingParty, ceremony, OWN_FACTORS_TAG, ownChange(ceremony, shownIn(session.token, change)));
    },

    async stage(token) {
      const session = await sessions.find(token);
      return session?.stage === 'spent' ? undefined : session?.stage;
    },

    async look(token) {
      const { account, name } = await signedIn(token);
      return readOwnFactors(db, account, name);
    },

    async letter(token) {
      const { account } = await signedIn(token, true);
      return openLetter(db, account);
    },

    async newApp(token, of) {
      const session = await signedIn(token, true);
      return appShown(newSecret(hash, session.token, of, app.algorithm), session.name, app);
    },

    async addApp({ of, code, name, replaces, by, ...ask }) {
      const session = await signedIn(ask.token, isTicket(by));
      const secret = newSecret(hash, session.token, of, app.algorithm);
      const what = { deed: 'app', totp: { secret, ...app }, code, name, ...(replaces ? { replaces } : {}) };
      await change(ask, what, by);
    },

    async firstByPassword(token) {
      await signedIn(token, true);
      return (await policyInForce(db)).policy.firstFactor.length > 0;
    },

    async addFirstApp({ of, code, name, by: { password, turn }, token, source, nonce }) {
      const session = await signedIn(token, true);
      await admission.step(`factors of ${session.account}`);
      await admission.attempt(source);
      const totp = { secret: newSecret(hash, session.token, of, app.algorithm), ...app };
      const value = { account: session.account, what: { deed: 'app', totp, code, name }, by: { password }, source };
      await carryOut(deps, 'changeFactor', 'own-factor', { session, nonce, value, sameness: { turn } });
    },

    async newKey(token) {
      const { account, name } = await signedIn(token);
      await admission.step(`ceremonies of ${account}`);
      const ceremony = await beginCeremony(db, account, 'passkey/add');
      const creation = await creationFor({ db, hash, relyingParty }, { ceremony, name, resident: 'required' });
      return { ceremony: ceremony.ceremony, creation };
    },

    addKey: ({ ceremony, registration, name, by, ...ask }) => keyDeed('addPasskey', ask, { ceremony, registration, name, by }),

    async keyRemoval(token, key) {
      const { account } = await signedIn(token);
      await admission.step(`ceremonies of ${account}`);
      const ceremony = await beginCeremony(db, account, 'passkey/remove');
      return challengeFor(relyingParty, ceremony, PASSKEY_TAG, removeStatement(ceremony, key));
    },

    removeKey: ({ ceremony, assertion, key, ...ask }) => keyDeed('dropPasskey', ask, { ceremony, assertion, passkey: key }),

    async newCodes(token, of) {
      const session = await signedIn(token);
      return { account: session.name, codes: newCodesFor(hash, session.token, of) };
    },

    async renewCodes({ of, by, ...ask }) {
      const session = await signedIn(ask.token);
      await change(ask, { deed: 'recovery-codes', recoveryCodes: newCodesFor(hash, session.token, of) }, by);
    },

    rename: ({ factor, name, ...ask }) => change(ask, { deed: 'rename', factor, name }),
    remove: ({ factor, by, ...ask }) => change(ask, { deed: 'remove', factor }, by),

    async disputes(token) {
      const { account } = await signedIn(token, true);
      return readDisputes(db, account);
    },

    freeze: ({ factor, by, ...ask }) => change(ask, { deed: 'freeze', factor }, by, by === undefined),
    settle: ({ factor, theirs, issuedCode, ...ask }) => change(ask, { deed: 'settle', factor, theirs }, { issuedCode }),

    async replacement(token) {
      const { account } = await signedIn(token, true);
      return openReplacement(db, account);
    },

    async object({ token, source, nonce }) {
      const session = await signedIn(token, true);
      await admission.step(`objections of ${session.account}`);
      const open = await openReplacement(db, session.account);
      if (!open) throw new Refusal('objection-too-late');
      const value = { account: session.account, source };
      const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: 'objection', subject: open.reset, value });
      const updateId = updateIdOf(hash, { nonce, route: 'object', reset: open.reset, typed: '' });
      const reply = await engine.update(open.reset, 'object', updateId, { sealed: sealed.id });
      if (reply === 'closed') throw new Refusal('objection-too-late');
      if (reply.outcome === 'refused') throw new Refusal(reply.code);
    },

    async vouch({ token, source, nonce, ...said }) {
      const session = await signedIn(token);
      await admission.step(`factors of ${session.account}`);
      await admission.attempt(source);
      await carryOut(deps, 'vouch', 'vouch', { session, nonce, value: { account: session.account, ...said, source } });
    },

    async signOut(token) {
      const session = await sessions.find(token);
      if (!session || token === undefined) return;
      await sessions.end(token);
      await db.$transaction((tx) =>
        appendLeaf(tx, { type: 'sign-in.ended', outcome: 'success', actor: actorOf(session), do: { session: session.id } }, 'api'),
      );
    },
  };
}

/** Whether somebody who holds nothing yet confirms with what they were given. */
function isTicket(by: ConfirmedWith): boolean {
  return 'issuedCode' in by || 'letterCode' in by;
}
