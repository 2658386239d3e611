import { randomUUID } from 'node:crypto';
import { ScureBase32Plugin } from 'otplib';
import type { EnrolAnswer, EnrolAsked } from '#activities/contract.ts';
import { normaliseCode, RECOVERY_CODE_SYMBOLS, SELECTOR_SYMBOLS } from '#domain/codes.ts';
import type { Transaction } from '#db';
import { recordLeaf } from '#activities/record-leaf.ts';
import { CODE_KINDS } from './check-code.ts';
import { hashCode, newSalt, retireCodes } from './code-hash.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { encryptSecret } from './factor-secret.ts';
import { ONLY } from './issue-code.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { accountInLeaf, type Person } from './people.ts';
import { codeBody, signRow, totpBody, type CodeRow, type TotpRow } from './row-signature.ts';
import type { NewDevice, TotpParameters } from './typed.ts';

/**
 * Enrols what the sealed value holds for one account: a one-time authenticator, a set of recovery codes (each replaces
 * what the account had of its kind), devices (added). Only the operator's command seals such a value. Refused when the
 * directory does not know the account, or when the value came too late.
 */
export async function storeEnrolment(deps: VerifierDeps, asked: EnrolAsked): Promise<EnrolAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<EnrolAnswer>(deps, attempt);
  if (earlier) return earlier;

  const typed = await openTyped(deps, 'enrolment', asked.sealed, asked.request);
  const person = await deps.people.find(typed?.account ?? '');
  const totp = typed?.totp && person ? totpRow(deps, person.guid, typed.totp) : undefined;
  const recovery = typed?.recoveryCodes && person ? await recoveryRows(deps, person.guid, typed.recoveryCodes) : undefined;
  // Half a set would leave a person with printed codes that do not work.
  const isUsable = typed && (!typed.totp || totp) && (!typed.recoveryCodes || recovery);

  return once<EnrolAnswer>(deps, attempt, async (tx) => {
    if (!typed || !isUsable || !person) {
      const code = typed && isUsable ? 'account-not-served' : 'service-unavailable';
      const actor = { type: 'operator', uid: asked.operator } as const;
      await recordLeaf(
        tx,
        { type: 'enrolment.refused', outcome: 'denied', actor, account: person && accountInLeaf(person), reason: code },
        VERIFIER,
      );
      return { outcome: { outcome: 'refused', code } };
    }
    if (totp) await replaceTotp(tx, deps, totp);
    if (recovery) await replaceRecovery(tx, deps, person.guid, recovery);
    if (totp || recovery) {
      const what = { totp: totp?.id ?? null, recovery_codes: recovery?.length ?? 0 };
      await recordLeaf(
        tx,
        {
          type: 'authenticator.enrolled',
          outcome: 'success',
          actor: { type: 'operator', uid: asked.operator },
          account: accountInLeaf(person),
          do: what,
        },
        VERIFIER,
      );
    }
    for (const device of typed.devices ?? []) await addDevice(tx, asked.operator, person, device);
    return { outcome: { outcome: 'enrolled', account: person.guid } };
  });
}

function totpRow(deps: VerifierDeps, accountGuid: string, { secret, algorithm, digits, period }: TotpParameters): TotpRow | undefined {
  const bytes = new ScureBase32Plugin().decode(secret.replace(/[ =]/g, '').toUpperCase());
  // RFC 4226 §4 asks for 128 bits at least; otplib takes 64 bytes at most.
  if (bytes.length < 16 || bytes.length > 64) return undefined;
  const id = randomUUID();
  return {
    id,
    accountGuid,
    secret: encryptSecret(deps.keys, accountGuid, id, bytes),
    keyId: deps.keys.factorId,
    algorithm,
    digits,
    period,
  };
}

async function recoveryRows(deps: VerifierDeps, accountGuid: string, codes: readonly string[]): Promise<CodeRow[] | undefined> {
  const bare = codes.map((code) => normaliseCode(code, RECOVERY_CODE_SYMBOLS));
  if (bare.some((code) => code === undefined) || new Set(bare).size !== bare.length) return undefined;
  return Promise.all(
    bare.map(async (code = ''): Promise<CodeRow> => {
      const salt = newSalt();
      return {
        id: randomUUID(),
        accountGuid,
        kind: CODE_KINDS['recovery-code'],
        selector: code.slice(0, SELECTOR_SYMBOLS),
        salt,
        hash: await hashCode(deps.keys, code, salt),
        issuerGuid: null,
        expiresAt: null,
      };
    }),
  );
}

async function replaceTotp(tx: Transaction, deps: VerifierDeps, row: TotpRow): Promise<void> {
  // Replaced ones stay as evidence of what once counted; nobody may delete here.
  await tx.$executeRaw`UPDATE totp SET disabled_at = clock_timestamp() WHERE account_guid = ${row.accountGuid}::uuid AND disabled_at IS NULL`;
  await tx.totp.create({
    data: { ...row, secret: new Uint8Array(row.secret), signature: signRow(deps.keys, totpBody(row)) },
    select: { id: true },
  });
}

/** NIST SP 800-63B-4 §4.2.1.1: a new set of recovery codes makes the old one worthless. */
async function replaceRecovery(tx: Transaction, deps: VerifierDeps, accountGuid: string, rows: readonly CodeRow[]): Promise<void> {
  await retireCodes(tx, accountGuid, CODE_KINDS['recovery-code']);
  await tx.code.createMany({
    data: rows.map((row) => ({
      ...row,
      salt: new Uint8Array(row.salt),
      hash: new Uint8Array(row.hash),
      checked: [],
      signature: signRow(deps.keys, codeBody(row)),
    })),
  });
}

async function addDevice(tx: Transaction, uid: string, person: Person, { name, platform }: NewDevice): Promise<void> {
  const id = randomUUID();
  const { count } = await tx.device.createMany({
    data: [{ id, accountGuid: person.guid, accountName: person.samAccountName, name, platform }],
    skipDuplicates: true,
  });
  if (count === 1)
    await recordLeaf(
      tx,
      {
        type: 'device.added',
        outcome: 'success',
        actor: { type: 'operator', uid },
        account: accountInLeaf(person),
        do: { device: id, platform },
      },
      VERIFIER,
    );
}
