import type { DeedAsked, FactorAnswer } from '#activities/contract.ts';
import { firstFactorUsed } from '#domain/first-factor.ts';
import { isServed } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { VerifierDeps } from './deps.ts';
import { enrolApp, removeFactor, renameFactor, renewCodes, type FactorDone, type FactorStep } from './factor-deeds.ts';
import type { Transaction } from '#db';
import { firstRefused, meetsFirstFactor, whyNotFirst, type FirstFactorMet } from './first-factor.ts';
import { checkShown, type WasShown } from './factor-shown.ts';
import { factorStanding, type FactorStanding } from './factor-standing.ts';
import { freezeFactor, settleFreeze } from './freeze-factor.ts';
import { ONLY } from './issue-code.ts';
import { ownDeed, type Refused } from './own-deed.ts';
import { accountInLeaf } from './people.ts';
import { recoveryRows } from './recovery-codes.ts';
import type { CodeRow } from './row-signature.ts';
import type { TypedFactorDeed } from './typed.ts';

/**
 * What somebody signed in to My factors does about a factor of theirs: a new app, one in the place of another, its name, its
 * end, new recovery codes, a freeze and what settles it. Each is confirmed by itself, whatever the session was begun with, and judged by the
 * ladder (domain/ladder.ts). It counts from this transaction on, at every door.
 */
export async function changeFactor(deps: VerifierDeps, { request, account: owner, sealed }: DeedAsked): Promise<FactorAnswer> {
  const attempt = { purpose: 'own-factor', subject: request, updateId: ONLY, sealed, account: owner } as const;
  return ownDeed<'own-factor', Extract<FactorAnswer, { outcome: 'done' }>>(
    deps,
    attempt,
    { type: 'enrolment.refused' },
    async (typed, person) => {
      const inForce = await policyInForce(deps.db);
      const { policy } = inForce;
      const isActive = person && person.enabled && !person.expired && !person.locked && isServed(policy, person);
      const { what, by: confirmed, source } = typed;
      const alone = confirmed && 'password' in confirmed && what.deed === 'app' && !what.replaces ? confirmed.password : undefined;
      const asked = { person, account: typed.account, source };
      const met = alone === undefined ? undefined : await meetsFirstFactor(deps, inForce, { ...asked, password: alone });
      const rows = what.deed === 'recovery-codes' ? await recoveryRows(deps, typed.account, what.recoveryCodes) : undefined;
      const account = person ? { account: accountInLeaf(person) } : {};
      return {
        about: { ...account, ...refusedAs(what) },
        act: async (tx) => {
          if (!isActive) return met ? firstRefused('account not active') : { refusal: 'account-not-active' };
          const standing = await factorStanding(tx, deps, typed.account);
          const shown = met ? await byCondition(tx, typed.account, met, standing) : await checkShown(tx, deps, typed, policy);
          if ('refusal' in shown) return shown;
          const done = await carryOut({ tx, deps, account: typed.account, shown, standing }, what, rows);
          if ('refusal' in done) return withoutUse(tx, shown, done);
          const by = {
            method: shown.by === 'nothing' || shown.by === 'policy-condition' ? 'password' : shown.by,
            credential: shown.credential,
            consumed: [...shown.consumed, ...done.consumed],
          } as const;
          const ticket = shown.issuer === null ? (shown.met ?? {}) : { issuer: shown.issuer, campaign: shown.campaign };
          return {
            answer: { outcome: 'done', factor: done.factor },
            leaf: { type: done.leaf, ...account, do: { ...done.do, ...ticket } },
            by,
          };
        },
      };
    },
  );
}

/** The policy's condition as what was shown; its one use is burned with the app, and not with a slip in the app's digits. */
async function byCondition(tx: Transaction, account: string, met: FirstFactorMet, standing: FactorStanding): Promise<WasShown | Refused> {
  const fault = 'fault' in met ? met.fault : await whyNotFirst(tx, account, standing);
  if (fault !== undefined || 'fault' in met) return firstRefused(fault ?? '');
  return { by: 'policy-condition', credential: null, consumed: [firstFactorUsed(account)], issuer: null, campaign: null, met };
}

/** What was shown is used up all the same, but for what somebody has only once and a slip would cost them. */
async function withoutUse(tx: Transaction, shown: WasShown, done: Refused): Promise<Refused> {
  if (shown.by === 'policy-condition') return done;
  return shown.by === 'enrolment-ticket' ? sparing(tx, shown, done) : { ...done, consumed: shown.consumed };
}

/**
 * A letter is handed out once and its owner may mistype the digits of the new app: what it confirmed nothing with is not used up. Its row was held by
 * this transaction all the while. Whoever has something to sign in with learns that a letter is not for them.
 */
async function sparing(tx: Transaction, { credential }: WasShown, { refusal }: Refused): Promise<Refused> {
  await tx.code.updateMany({ where: { id: credential ?? '' }, data: { usedAt: null } });
  return { refusal: refusal === 'factor-too-weak' ? 'letter-first-only' : refusal };
}

function carryOut(step: FactorStep, what: TypedFactorDeed, rows: readonly CodeRow[] | undefined): Promise<Refused | FactorDone> {
  if (what.deed === 'app') return enrolApp(step, what);
  if (what.deed === 'rename') return renameFactor(step, what);
  if (what.deed === 'freeze') return freezeFactor(step, what);
  if (what.deed === 'settle') return settleFreeze(step, what);
  if (what.deed === 'remove') return removeFactor(step, what);
  return rows ? renewCodes(step, rows) : Promise.resolve({ refusal: 'service-unavailable' satisfies RefusalCode });
}

/** What the leaf of a refusal is called, and what it was about. */
function refusedAs(what: TypedFactorDeed) {
  const type = {
    app: 'enrolment.refused',
    'recovery-codes': 'enrolment.refused',
    rename: 'authenticator.renamed',
    remove: 'authenticator.removed',
    freeze: 'authenticator.frozen',
    settle: 'authenticator.settled',
  } as const;
  const of = 'factor' in what ? what.factor : 'replaces' in what ? (what.replaces ?? null) : null;
  return { type: type[what.deed], do: { what: what.deed, factor: of } };
}
