import type { Asked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { FactorsReplacedAnswer } from '#activities/replacement-contract.ts';
import { normaliseDigits } from '#domain/codes.ts';
import { isHalted } from '#domain/halt.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { whyNotReplace } from '#domain/replacement-conditions.ts';
import { haltNow } from '#prisma/joint-acts.ts';
import type { Transaction } from '#db';
import { appRow, secretBytes, storeApp } from './app-rows.ts';
import { takeDecisionTurn } from './decision-question.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { endEveryFactor } from './end-every-factor.ts';
import { seedUsed } from './factor-shown.ts';
import { RECOVER } from './lose-factors.ts';
import { databaseTime, earlierOutcome, isBurned, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { accountInLeaf } from './people.ts';
import { recoveryRows, replaceRecovery } from './recovery-codes.ts';
import type { CodeRow } from './row-signature.ts';
import { readReplacement, type ReplacementRead } from './replacement-question.ts';
import { attest, statementsOf } from './statements.ts';
import { matchingSteps } from './totp-step.ts';
import { fromWhere, type Typed } from './typed.ts';

type ReplaceAsked = Asked & { account: string };
type New = Typed<'new-factors'>;

/**
 * Ends every factor of the account, burns them, and binds the new app and codes as `replacing`, in one transaction: if we crash
 * in it, all counts that counted before. By whom nothing is believed: domain/replacement-conditions.ts is asked with this
 * process's own statements, its own reading of the directory, and the database's clock. A second call finds the first outcome.
 */
export async function replaceFactors(deps: VerifierDeps, asked: ReplaceAsked): Promise<FactorsReplacedAnswer> {
  const { reset, run, account } = asked;
  const attempt = { subject: reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<FactorsReplacedAnswer>(deps, attempt);
  if (earlier) return earlier;
  const typed = await openTyped(deps, 'new-factors', asked.sealed, reset);
  const read = await readReplacement(deps, asked);
  const rows = typed && (await recoveryRows(deps, account, typed.recoveryCodes));

  return once<FactorsReplacedAnswer>(deps, attempt, async (tx) => {
    await takeDecisionTurn(tx, reset);
    const said = await statementsOf(tx, deps, asked);
    // A verifier that died after signing left new factors that nobody heard of: they count, and no others do.
    if (said.replaced.length > 0) return { outcome: { outcome: 'replaced' } };
    const leaf = {
      type: 'factors.replaced',
      reset,
      update: asked.updateId,
      actor: { type: 'claimant' },
      ...(read ? { account: accountInLeaf(read.holder) } : {}),
      ...fromWhere(typed),
    } as const;
    const done = await replace(tx, deps, { account, typed, read, rows });
    if ('refusal' in done) {
      await recordLeaf(tx, { ...leaf, outcome: 'denied', reason: done.refusal, do: RECOVER }, VERIFIER);
      return { outcome: { outcome: 'refused', code: done.refusal } };
    }
    const { credential, recoveryCodes, ended, consumed } = done;
    const signed = { kind: 'replaced', reset, run, account, operation: 'replace-factors', credential, recoveryCodes, ended } as const;
    const attestation = await attest(tx, deps, signed);
    const facts = { attestation, totp: credential, recovery_codes: recoveryCodes, binding: 'replacing', ended, ...RECOVER };
    await recordLeaf(tx, { ...leaf, outcome: 'success', do: facts }, VERIFIER);
    return { outcome: { outcome: 'replaced' }, consumed };
  });
}

interface Given {
  account: string;
  typed: New | undefined;
  read: ReplacementRead | undefined;
  rows: readonly CodeRow[] | undefined;
}
type Replaced = { credential: string; recoveryCodes: number; ended: string[]; consumed: string[] };

async function replace(
  tx: Transaction,
  deps: VerifierDeps,
  { account, typed, read, rows }: Given,
): Promise<{ refusal: RefusalCode } | Replaced> {
  if (!typed || !rows) return { refusal: 'service-unavailable' };
  const question = await read?.question(tx);
  if (!question) return { refusal: 'account-changed' };
  const why = whyNotReplace(question);
  if (why) return { refusal: why };
  // An emergency stop keeps what is parked; it goes on when the stop is over.
  if (isHalted(await haltNow(tx, deps.keys.checking), question.account.protectedBy !== undefined)) return { refusal: 'stopped' };
  const secret = secretBytes(typed.totp.secret);
  const app = secret && appRow(deps, account, typed.totp);
  if (!secret || !app) return { refusal: 'service-unavailable' };
  const used = seedUsed(secret);
  if (await isBurned(tx, used)) return { refusal: 'app-known' };
  const { algorithm, digits, period } = typed.totp;
  const now = await databaseTime(tx);
  const moving = matchingSteps({ secret, algorithm, digits, period }, normaliseDigits(typed.code) ?? '', now).at(-1);
  if (moving === undefined) return { refusal: 'app-code-not-accepted' };
  const { ended, consumed } = await endEveryFactor(tx, deps, account);
  await storeApp(tx, deps, { ...app, binding: 'replacing', name: typed.name, lastStep: BigInt(moving) });
  await replaceRecovery(tx, deps, account, rows);
  return { credential: app.id, recoveryCodes: rows.length, ended, consumed: [used, ...consumed] };
}
