import { randomUUID } from 'node:crypto';
import { samePerson } from '#domain/account.ts';
import { normaliseDigits } from '#domain/codes.ts';
import { isServed, type Policy } from '#domain/policy.ts';
import { RESYNC_WINDOW } from '#domain/token.ts';
import type { Transaction } from '#db';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { checkCode } from './check-code.ts';
import { factorKey } from './check-factor.ts';
import { checkOneTimeCode } from './check-one-time-code.ts';
import type { VerifierDeps } from './deps.ts';
import { databaseTime, isBurned } from './once.ts';
import { twoInARow } from './one-time-code.ts';
import { accountInLeaf, personOrGuid } from './people.ts';
import { isOurRow, signRow } from './row-signature.ts';
import type { Deed, Refused, TypedDeed } from './token-deed.ts';
import { findToken, type FoundToken } from './find-token.ts';
import { assignmentBody, endOf, seedOf, useOf } from './token-rows.ts';
import { driftOf, stepAt } from './totp-step.ts';

/**
 * Gives a token in stock to an account. Two people are there: whoever hands it out, who may not be its holder, and the
 * holder, who shows a factor or recovery code that they have already and two codes of the new token that follow each other.
 * So nobody at the help desk gives themselves a token in the name of somebody else.
 */
export async function assignToken(deps: VerifierDeps, typed: Extract<TypedDeed, { deed: 'assign' }>, policy: Policy): Promise<Deed> {
  const holder = await deps.people.find(typed.account);
  return async (tx, by, at) => {
    if (!holder || !isServed(policy, holder)) return { refusal: 'token-holder-refused' };
    const account = accountInLeaf(holder);
    if (samePerson(holder, by)) return { refusal: 'token-for-oneself', account };
    const found = await findToken(tx, deps, typed);
    if ('refusal' in found) return { ...found, account };
    const facts = { token: found.row.id, serial: found.row.serial };
    if (found.row.state !== 'stock') return { refusal: 'token-not-in-stock', account, do: facts };
    if (await holdsOne(tx, holder.guid)) return { refusal: 'token-held-already', account, do: facts };
    const shown = await holderShows(tx, deps, holder.guid, typed.holder, policy);
    if (!shown) return { refusal: 'token-holder-not-shown', account, do: facts };
    const synchronised = await synchronise(tx, deps, found, typed.codes, policy);
    if ('refusal' in synchronised) return { ...synchronised, account, do: facts, consumed: [shown] };
    const row = { id: randomUUID(), tokenId: found.row.id, accountGuid: holder.guid, assignedAt: at, assignedBy: by.guid };
    const signature = signRow(deps.keys, assignmentBody(row));
    await tx.tokenAssignment.create({ data: { ...row, accountName: holder.samAccountName, signature }, select: { id: true } });
    const consumed = [shown, ...synchronised.consumed];
    return { leaf: 'authenticator.enrolled', do: { ...facts, assignment: row.id }, account, consumed };
  };
}

/** Finds a token again whose counter ran ahead or whose clock is off, or that was disabled by wrong codes: by two codes in a row. */
export function resyncToken(deps: VerifierDeps, typed: Extract<TypedDeed, { deed: 'resync' }>): Deed {
  return async (tx, by, _at, policy) => {
    const found = await findToken(tx, deps, typed);
    if ('refusal' in found) return found;
    const { row, assignment } = found;
    const facts = { token: row.id, serial: row.serial };
    const isHeld = assignment !== undefined && isOurRow(deps.keys, assignmentBody(assignment), assignment.signature);
    if (!isHeld || !['assigned', 'disabled'].includes(row.state)) return { refusal: 'token-not-assigned', do: facts };
    if (samePerson(await personOrGuid(deps.people, assignment.accountGuid), by)) return { refusal: 'token-for-oneself', do: facts };
    const synchronised = await synchronise(tx, deps, found, typed.codes, policy);
    if ('refusal' in synchronised) return { ...synchronised, do: facts };
    return { leaf: 'token.resynced', do: { ...facts, account: assignment.accountGuid }, consumed: synchronised.consumed };
  };
}

/** A token was lost, or came back to stock: nobody holds it from now on. */
export function endToken(deps: VerifierDeps, typed: Extract<TypedDeed, { deed: 'lost' | 'returned' }>): Deed {
  return async (tx, _by, at) => {
    const found = await findToken(tx, deps, typed);
    if ('refusal' in found) return found;
    const { row, assignment } = found;
    const facts = { token: row.id, serial: row.serial, state: typed.deed === 'lost' ? 'lost' : 'stock' };
    if (row.state === facts.state) return { refusal: 'token-not-assigned', do: facts };
    await tx.$executeRaw`UPDATE token SET state = ${facts.state}, failures = 0 WHERE id = ${row.id}::uuid`;
    await tx.tokenAssignment.updateMany({ where: { tokenId: row.id, endedAt: null }, data: { endedAt: at } });
    const holder = assignment && (await deps.people.read(assignment.accountGuid));
    return {
      leaf: 'authenticator.removed',
      do: { ...facts, assignment: assignment?.id ?? null, account: assignment?.accountGuid ?? null },
      account: holder && accountInLeaf(holder),
      consumed: assignment ? [endOf(assignment.id)] : [],
    };
  };
}

async function holdsOne(tx: Transaction, account: string): Promise<boolean> {
  // Two at the same time would wait here for each other's commit.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`token-of\n${account}`}, 0))`;
  return (await tx.tokenAssignment.count({ where: { accountGuid: account, endedAt: null } })) > 0;
}

/** What the holder has already, counted as it is at a reset; answers what was burned. */
async function holderShows(
  tx: Transaction,
  deps: VerifierDeps,
  holder: string,
  shown: string,
  { attempts }: Policy,
): Promise<string | undefined> {
  const isFactor = normaliseDigits(shown) !== undefined;
  const key = isFactor ? factorKey(holder) : `proof:${holder}`;
  const whose = (await raiseAttempts(tx, key, attempts.perAccountPerHour)) ? holder : undefined;
  const passed = isFactor
    ? await checkOneTimeCode(tx, deps, whose, shown, attempts.perAuthenticator)
    : await checkCode(tx, deps, whose, 'recovery-code', shown);
  if (passed) await forgiveAttempt(tx, key);
  return passed?.consumed;
}

/** Sets counter or drift by two codes in a row, from the first place on that was not used yet. */
async function synchronise(
  tx: Transaction,
  deps: VerifierDeps,
  { row }: FoundToken,
  typed: readonly string[],
  { attempts }: Policy,
): Promise<Refused | { consumed: string[] }> {
  const wrong = { refusal: 'token-codes-wrong' } as const;
  const key = `token:${row.id}`;
  const mayTry = await raiseAttempts(tx, key, attempts.perAccountPerHour);
  const [first, second] = typed.map((code) => normaliseDigits(code));
  const secret = seedOf(deps.keys, row);
  if (!mayTry || !secret || first === undefined || second === undefined) return wrong;
  const at = await databaseTime(tx);
  const unused = Number(row.counter);
  const begin = row.period === null ? unused : Math.max(unused, stepAt(row.period, at) - RESYNC_WINDOW / 2);
  const end = row.period === null ? begin + RESYNC_WINDOW : stepAt(row.period, at) + RESYNC_WINDOW / 2;
  const moving = twoInARow({ ...row, secret }, [first, second], begin, end - begin);
  if (moving === undefined || (await isBurned(tx, useOf(row.id, moving))) || (await isBurned(tx, useOf(row.id, moving + 1)))) return wrong;
  const drift = row.period === null ? 0 : driftOf(row.period, moving + 1, at, RESYNC_WINDOW);
  await tx.$executeRaw`
    UPDATE token SET counter = ${BigInt(moving) + 2n}, drift = ${drift}, failures = 0, state = 'assigned' WHERE id = ${row.id}::uuid`;
  await forgiveAttempt(tx, key);
  return { consumed: [useOf(row.id, moving), useOf(row.id, moving + 1)] };
}
