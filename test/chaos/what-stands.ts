import assert from 'node:assert/strict';
import { passwordVersion } from '#test/support/directory.ts';
import type { World } from '#test/support/world.ts';
import type { UnderFire } from './claimant-under-fire.ts';

/** The leaves of a standard reset under which nothing was killed, as `type outcome` with how often. */
const UNDISTURBED: Readonly<Record<string, number>> = {
  'reset.requested success': 1,
  'reset.state success': 6,
  'proof.checked success': 1,
  'factor.checked success': 1,
  'account.claimed success': 1,
  'password.chosen success': 1,
  'intent started': 1,
  'write.started started': 1,
  'write.result success': 1,
  'write.verified success': 1,
  'notice.created success': 2,
};

/** The same with so many more of some, or fewer. */
export function undisturbedBut(more: Readonly<Record<string, number>>): Record<string, number> {
  const sum = new Map(Object.entries(UNDISTURBED));
  for (const [leaf, times] of Object.entries(more)) sum.set(leaf, (sum.get(leaf) ?? 0) + times);
  return Object.fromEntries([...sum].filter(([, times]) => times > 0));
}

/** Without the leaves that come after the end is told: the account's release, and the sealing by a workflow of its own. */
export async function leavesOf(world: World, reset: string): Promise<Record<string, number>> {
  const rows = await world.people.sql<{ leaf: string; n: string }>(
    `SELECT type || ' ' || outcome AS leaf, count(*) AS n FROM leaf WHERE reset_id = $1::uuid AND type NOT IN ('account.released', 'history.sealed', 'message.sent') GROUP BY 1`,
    [reset],
  );
  return Object.fromEntries(rows.map(({ leaf, n }) => [leaf, Number(n)]));
}

/** Whatever was killed meanwhile: the directory counts one change, to the password that was chosen last. */
export async function changedOnce(world: World, person: UnderFire): Promise<void> {
  assert.equal(await passwordVersion(world.directory, person.account), person.version + 1, 'the directory counts exactly one change');
  assert.equal((await world.people.bind(person.account, person.password)).answer, 'ok');
}

/** What is burned is answered for: the two codes were taken once each, and the same request gets the same answer again. */
export async function answeredFor(world: World, person: UnderFire): Promise<void> {
  const burned = await world.people.sql(`SELECT 1 FROM burn WHERE subject = $1 AND outcome ->> 'outcome' = 'passed'`, [
    await person.reset(),
  ]);
  assert.equal(burned.length, 2, 'one recovery code and one code of the authenticator were burned');
  for (const request of ['prove', 'factor', 'choose'] as const) {
    const answer = await person.repeat(request);
    assert.ok(answer.status < 300, `${request}: ${answer.text}`);
  }
}

/** Nothing is left over: one notice a device, the account is free, no sealed value, and the workflow has completed. */
export async function nothingLeftOver(world: World, person: UnderFire): Promise<void> {
  const reset = await person.reset();
  const count = async (from: string) => Number((await world.people.sql(`SELECT count(*) AS n FROM ${from}`, [reset]))[0]?.['n']);
  assert.equal(await world.temporal.client.workflow.getHandle(`reset/${reset}`).result(), 'done');
  assert.equal(await count('notice WHERE reset_id = $1::uuid'), 2);
  assert.equal(await count('account_claim WHERE reset_id = $1::uuid'), 0);
  assert.equal(await count(`sealed WHERE subject = $1 AND purpose = 'password'`), 0);
}
