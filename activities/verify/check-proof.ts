import type { Checked, VerifierActivities } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { ProofPassed } from '#domain/attestation.ts';
import type { Transaction } from '#db';
import type { Actor } from '#prisma/leaves.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { checkCode } from './check-code.ts';
import type { Passed } from './check-totp.ts';
import { countedAs } from './counted-as.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, proofsOf } from './frozen-policy.ts';
import { tryKnownPassword } from './known-password.ts';
import { judgeAttest, type Attested } from './known-device.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { attest, statementsOf } from './statements.ts';
import { fromWhere, type Typed } from './typed.ts';
import { takeVouch } from './vouch-rows.ts';

type ProofGiven = Omit<Passed, 'consumed'> & { consumed: string | undefined } & Pick<ProofPassed, 'vouched' | 'device'>;

/**
 * Checks a recovery or issued code, the word of a colleague, a known password or the word of a known device, and signs what passed. One answer for every failure: unknown account, wrong or used
 * code, a colleague who has not vouched, a device that does not know the account, a proof that the rule does not take, more attempts within the hour than the policy bears, a value that came too late.
 */
export async function checkProof(deps: VerifierDeps, asked: Parameters<VerifierActivities['checkProof']>[0]): Promise<Checked> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<Checked>(deps, attempt);
  if (earlier) return earlier;

  const typed = await openTyped(deps, 'proof', asked.sealed, asked.reset);
  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const method = typed?.method ?? 'recovery-code';
  const { passed: heardOf = [] } = asked;
  const isAsked = proofsOf(policy, said.identified.rule).has(method) && !heardOf.includes(method);
  const counted = await countedAs(deps.db, { reset: asked.reset, account: said.account, typed });
  const key = `proof:${counted}`;

  // Read for whoever was named, and before the turn: a directory may be slow.
  const colleague = typed?.method === 'vouching' ? await deps.people.find(typed.value) : undefined;
  const voucher = colleague?.enabled && !colleague.expired ? colleague.guid : undefined;

  // Tried before the turn too; a rule that does not take it has it tried for nobody.
  const tried = {
    account: isAsked ? said.account : undefined,
    counted,
    password: typed?.method === 'known-password' ? typed.value : '',
    policy,
  };
  const knows = method === 'known-password' ? await tryKnownPassword(deps, tried) : undefined;

  return once<Checked>(deps, attempt, async (tx) => {
    const mayCount = await raiseAttempts(tx, key, policy.attempts.perAccountPerHour);
    // A verifier that died after signing left a proof that nobody heard of: its code is spent, and the proof still stands.
    const proven = (await statementsOf(tx, deps, asked)).proofs.find((proof) => !heardOf.includes(proof.method));
    if (proven) {
      await forgiveAttempt(tx, key);
      return { outcome: { outcome: 'passed', attestation: proven.id, method: proven.method } };
    }
    const whose = { reset: asked.reset, account: mayCount && isAsked && typed ? said.account : undefined, voucher };
    const asks = { reset: asked.reset, sid: whose.account && said.identified.sid, knownWithin: policy.devices.knownWithin };
    const attested = typed?.method === 'known-device' ? await judgeAttest(tx, deps, asks, typed) : undefined;
    const passed = await checkGiven(tx, deps, { ...whose, isKnown: knows === 'known', attested }, typed);
    const leaf = {
      type: 'proof.checked',
      reset: asked.reset,
      update: asked.updateId,
      personal: { ...fromWhere(typed).personal, ...(attested?.device && { device: attested.device.name }) },
    } as const;
    if (!passed || !said.account) {
      await recordLeaf(
        tx,
        {
          ...leaf,
          outcome: 'failure',
          actor: { type: 'claimant' },
          do: {
            method,
            counted: !typed ? 'nothing was typed' : mayCount ? 'yes' : 'over the limit',
            ...(knows === undefined ? {} : { password: knows }),
            ...(attested && { device: attested.device?.id ?? null, attest: attested.sha256, why: attested.why ?? null }),
          },
        },
        VERIFIER,
      );
      // A challenge is good for one answer, also a wrong one.
      return { outcome: { outcome: 'failed' }, consumed: attested?.consumed };
    }
    await forgiveAttempt(tx, key);
    const { credential, consumed, issuer, vouched, device } = passed;
    const attestation = await attest(tx, deps, {
      kind: 'proof',
      reset: asked.reset,
      run: asked.run,
      account: said.account,
      method,
      credential,
      issuer,
      ...(vouched ? { vouched } : {}),
      ...(device ? { device } : {}),
    });
    const actor: Actor = { type: 'claimant', auth: { method, aal: '1', cred: credential } };
    await recordLeaf(tx, { ...leaf, outcome: 'success', actor, do: { method, credential, issuer, attestation } }, VERIFIER);
    return { outcome: { outcome: 'passed', attestation, method }, consumed };
  });
}

interface Given {
  reset: string;
  account: string | undefined;
  voucher: string | undefined;
  isKnown: boolean;
  attested: Attested | undefined;
}

async function checkGiven(
  tx: Transaction,
  deps: VerifierDeps,
  { reset, account, voucher, isKnown, attested }: Given,
  typed: Typed<'proof'> | undefined,
): Promise<ProofGiven | undefined> {
  if (typed?.method === 'vouching') return takeVouch(tx, deps, { reset, account, voucher });
  if (typed?.method === 'known-device') {
    const { why, shown, device, consumed } = attested ?? {};
    return account !== undefined && why === undefined && shown && device
      ? { credential: device.id, consumed, issuer: null, device: shown }
      : undefined;
  }
  // A password is used up by nothing; what it is called in the evidence is the account whose it is.
  if (typed?.method === 'known-password')
    return account !== undefined && isKnown ? { credential: account, consumed: undefined, issuer: null } : undefined;
  return checkCode(tx, deps, account, typed?.method ?? 'recovery-code', typed?.value);
}
