import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { passkeyBody } from '#domain/passkey.ts';
import { passkeyFacts } from '#prisma/passkeys.ts';
import { signRow } from '#activities/verify/row-signature.ts';
import { signStatement } from '#evidence/attestation.ts';
import { decided, signature } from './keys.ts';
import { officerOf, type Officer } from './officers.ts';
import { newApp, shows, ticketFor, type App } from './own-factors.ts';
import { identified, prove, seal, type OpenReset, type World } from './world.ts';

/** An officer whose key was registered long before anything of these scenes: who signs with a key that came later has signed nothing. */
export async function officerSince(world: World, name: string): Promise<Officer> {
  const who = await officerOf(world, name);
  const row = await world.superuser.passkey.findFirstOrThrow({ where: { accountGuid: who.guid } });
  const enrolledAt = new Date(row.enrolledAt.getTime() - 30 * 86_400_000);
  const signature = signRow(world.deps.keys, passkeyBody(passkeyFacts({ ...row, enrolledAt })));
  await world.superuser.passkey.update({ where: { id: row.id }, data: { enrolledAt, signature } });
  return who;
}

/** Of an account that was found. */
export type Lost = OpenReset & { account: string };

/** Somebody names an account, shows the help desk's code and says that everything is lost. */
export async function lost(world: World, account: string, ticket?: string): Promise<Lost> {
  const reset = await identified(world, account);
  assert.ok(reset.account);
  const open = { ...reset, account: reset.account };
  assert.equal(await prove(world, open, ticket ?? (await ticketFor(world, account)), randomUUID(), 'issued-code'), 'passed');
  assert.equal(await say(world, open), 'lost');
  return open;
}

export async function say(world: World, reset: Lost, operation = 'replace-factors'): Promise<string> {
  const sealed = await seal(world, 'operation', reset.reset, { operation });
  const answer = await world.verifier.loseFactors({ ...reset, updateId: randomUUID(), sealed });
  return answer.outcome === 'lost' ? 'lost' : answer.code;
}

/** Each of these approves a stage, in turn, with their key. */
export async function approved(world: World, reset: Lost, ...approvers: Officer[]): Promise<void> {
  assert.equal((await world.verifier.requestApprovals(reset)).outcome, 'requested');
  for (const [stage, approver] of approvers.entries()) assert.equal(await approve(world, reset, approver, stage), 'approve');
}

export async function approve(world: World, reset: Lost, approver: Officer, stage: number): Promise<string> {
  const of = { reset, approver, stage, decision: 'approve' as const, reason: 'ab'.repeat(32) };
  return decided(world, of, await signature(world, approver.key, of));
}

export async function waits(world: World, { reset, run, account }: Lost): Promise<string> {
  const answer = await world.verifier.beginCoolingOff({ reset, run, account });
  return answer.outcome === 'begun' ? 'begun' : answer.code;
}

/** As if so many seconds had passed since everything that was signed in this reset: each statement is signed again with an earlier time. */
export async function later(world: World, { reset }: Pick<Lost, 'reset'>, seconds: number): Promise<void> {
  const before = (text: string) => new Date(Date.parse(text) - seconds * 1000).toISOString();
  const rows = await world.superuser.attestation.findMany({ where: { resetId: reset } });
  for (const { id, body } of rows) {
    const said = JSON.parse(body) as { at: string; until?: string; circumstances?: { at: string } };
    said.at = before(said.at);
    if (said.until) said.until = before(said.until);
    if (said.circumstances) said.circumstances.at = before(said.circumstances.at);
    const { text, signature: bytes } = signStatement(said, world.deps.keys.signing);
    await world.superuser.attestation.update({
      where: { id },
      data: { body: text, at: new Date(said.at), signature: new Uint8Array(bytes) },
    });
  }
}

/** Back with a fresh code of the help desk; answers whether it passed. */
export async function back(world: World, reset: Lost, name: string, ticket?: string): Promise<string> {
  const updateId = randomUUID();
  const value = { method: 'issued-code', value: ticket ?? (await ticketFor(world, name)), update: updateId };
  const sealed = await seal(world, 'resume', reset.reset, value);
  return (await world.verifier.checkFactor({ ...reset, updateId, purpose: 'resume', sealed })).outcome;
}

export interface Fresh {
  app: App;
  recoveryCodes: string[];
}
export const fresh = (): Fresh => ({
  app: newApp(),
  recoveryCodes: Array.from({ length: 10 }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS))),
});

/** Sets up a new app and codes; answers 'replaced' or the refusal. */
export async function replaced(
  world: World,
  reset: Lost,
  { app, recoveryCodes }: Fresh = fresh(),
  { code = shows(app), updateId = randomUUID() }: { code?: string; updateId?: string } = {},
): Promise<string> {
  const value = { totp: app.settings, code, name: 'new phone', recoveryCodes, source: '10.1.2.3' };
  const sealed = await seal(world, 'new-factors', reset.reset, value);
  const answer = await world.verifier.replaceFactors({ ...reset, updateId, sealed });
  return answer.outcome === 'replaced' ? 'replaced' : answer.code;
}

/** Whose account it is says that it was not them; answers 'confirmed' or the refusal. */
export async function objected(world: World, reset: Lost, by: string = reset.account, updateId: string = randomUUID()): Promise<string> {
  const sealed = await seal(world, 'objection', reset.reset, { account: by, source: '10.1.2.3' });
  const answer = await world.verifier.confirmObjection({ ...reset, updateId, sealed });
  return answer.outcome === 'confirmed' ? 'confirmed' : answer.code;
}
