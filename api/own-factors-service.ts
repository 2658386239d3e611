import { generateURI, ScureBase32Plugin } from 'otplib';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { CODES_ON_A_SHEET } from '#domain/own-factors.ts';
import { Refusal } from '#domain/refusals.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { actorOf } from './actor.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { readOwnFactors } from './own-factors.ts';
import type { ConfirmedWith, FactorHolder, NewAppShown, OwnFactorsFlow } from './own-factors-flow.ts';
import { carryOut } from './sealed-deed.ts';
import type { SessionDeps } from './session-endpoints.ts';
import type { SignedIn } from './sessions.ts';
import { signInSteps } from './sign-in-steps.ts';

export type AppSettings = Pick<NewAppShown, 'algorithm' | 'digits' | 'period'>;
const SEED_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const;

/** My factors: `sessions` are those of the portal's door, `app` how new apps make their codes. */
export function createOwnFactorsFlow(deps: SessionDeps, app: AppSettings): OwnFactorsFlow {
  const { db, hash, admission, sessions } = deps;
  const steps = signInSteps(deps, 'portal');

  const signedIn = async (token: string | undefined, halfWillDo = false): Promise<SignedIn & { token: string }> => {
    const session = await sessions.find(token);
    if (!session || token === undefined || (session.stage !== 'full' && !halfWillDo)) throw new Refusal('sign-in-needed');
    return { ...session, token };
  };
  /** The verifier judges; here only whether the session has come so far: before the second step nothing but a ticket. */
  const change = async ({ token, source, nonce }: FactorHolder, what: object, by?: ConfirmedWith): Promise<void> => {
    const session = await signedIn(token, by !== undefined && 'issuedCode' in by);
    await admission.step(`factors of ${session.account}`);
    if (by) await admission.attempt(source);
    const value = { account: session.account, what, ...(by ? { by } : {}), source };
    await carryOut(deps, 'changeFactor', 'own-factor', { session, nonce, value });
  };

  return {
    signIn: (ask) => steps.password({ ...ask, repeatable: true }),

    async confirm({ token, code, source, nonce }) {
      const half = (await sessions.find(token)) ?? (await sessions.findSpent(token));
      if (!half || token === undefined) throw new Refusal('sign-in-needed');
      const done = await steps.factor({ half, halfToken: token, method: 'totp', value: code, source, nonce, repeatable: true });
      return done.token;
    },

    async stage(token) {
      const session = await sessions.find(token);
      return session?.stage === 'spent' ? undefined : session?.stage;
    },

    async look(token) {
      const { account, name } = await signedIn(token);
      return readOwnFactors(db, account, name);
    },

    async newApp(token, of) {
      const session = await signedIn(token, true);
      const secret = new ScureBase32Plugin().encode(seedFor(hash, session.token, of, app.algorithm), { padding: false });
      const uri = generateURI({ issuer: 'Countersign', label: session.name, secret, ...app });
      return { key: secret.match(/.{1,4}/g)?.join(' ') ?? '', uri, ...app };
    },

    async addApp({ of, code, name, replaces, by, ...ask }) {
      const session = await signedIn(ask.token, 'issuedCode' in by);
      const secret = new ScureBase32Plugin().encode(seedFor(hash, session.token, of, app.algorithm), { padding: false });
      const what = { deed: 'app', totp: { secret, ...app }, code, name, ...(replaces ? { replaces } : {}) };
      await change(ask, what, by);
    },

    async newCodes(token, of) {
      const session = await signedIn(token);
      return { account: session.name, codes: codesFor(hash, session.token, of) };
    },

    async renewCodes({ of, by, ...ask }) {
      const session = await signedIn(ask.token);
      await change(ask, { deed: 'recovery-codes', recoveryCodes: codesFor(hash, session.token, of) }, by);
    },

    rename: ({ factor, name, ...ask }) => change(ask, { deed: 'rename', factor, name }),
    remove: ({ factor, by, ...ask }) => change(ask, { deed: 'remove', factor }, by),

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

/** 256 random bits of the session and 128 of the form under the API's key: nobody who lacks one of the three makes it again. */
function seedFor(hash: KeyedHash, token: string, of: string, algorithm: AppSettings['algorithm']): Uint8Array {
  const halves = ['0', '1'].map((half) => hash('own-app', token, of, half));
  return new Uint8Array(Buffer.concat(halves).subarray(0, SEED_BYTES[algorithm]));
}

function codesFor(hash: KeyedHash, token: string, of: string): string[] {
  return Array.from({ length: CODES_ON_A_SHEET }, (_, n) =>
    codeFromBytes(hash('own-recovery-code', token, of, String(n)).subarray(0, RECOVERY_CODE_SYMBOLS)),
  );
}
