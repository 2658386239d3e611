import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { amount } from '#test/support/campaign.ts';
import { patiently } from '#test/support/patiently.ts';
import { decide, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import type { Client } from '#test/support/http-client.ts';
import { travel } from '#test/support/travel.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';
import { firedAt, timersRecorded } from './seven-days.ts';

/** How much later an escalation is tried again (workflows/approvals.ts). */
const AGAIN_MS = 300_000;
const HOUR_MS = 3_600_000;

let ines: Client;
let quentin: Client;
const world = useWorld(async ({ stack, people }) => {
  ines = await signedIn(stack.run, people, 'ines.duarte');
  quentin = await signedIn(stack.run, people, 'quentin.roux');
});

/** Two have to approve, and before the escalation there is only one: the manager. */
const managerThenOfficers = `rules:
  - id: privileged
    when: { protected: true }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals:
      - label: manager
        by: { relation: manager }
        needs: 2
        escalate: [{ after: 2h, to: { group: CS-Security-Officers } }]
        expire: 6h`;

async function parked(account: string) {
  const { who, next } = await proven(world.stack.run, world.people, account);
  const reset = await world.resetId(who.reference);
  const end = Date.parse(next.until ?? '');
  return { who, reset, end, escalation: end - 4 * HOUR_MS, clock: travel(world, reset) };
}

async function givenUp(resets: readonly string[]): Promise<boolean> {
  const rows = await world.people.sql(`SELECT 1 FROM leaf WHERE reset_id = ANY ($1::uuid[]) AND type = 'step.unavailable'`, [resets]);
  return rows.length === resets.length;
}

/** In the campaign the verifier's process is gone until the step's own deadline; in the small instance it runs and can make no escalation, which is given up at once. */
const away = amount(
  {
    begin: () => world.people.sql('REVOKE UPDATE ON approval FROM countersign_verifier'),
    end: () => world.people.sql('GRANT UPDATE ON approval TO countersign_verifier'),
    ms: 30_000,
  },
  {
    begin: async () => (await world.stack.kill('verifier', 'SIGKILL'), []),
    end: async () => (await world.stack.restart('verifier'), []),
    ms: 180_000,
  },
);

test('an escalation that the verifier cannot make ends no reset: who could decide still can, it is made five minutes later, and the end of the stage stays', async () => {
  const { stack, people, temporal } = world;
  const both = await underPolicy(stack, managerThenOfficers, async () => [await parked('rosa.klein'), await parked('samir.khan')] as const);
  const [decided, silent] = both;
  const resets = both.map(({ reset }) => reset);

  await away.begin();
  try {
    for (const { reset, escalation, clock } of both) await temporal.skip(reset, clock.until(escalation + 1000) / 1000);
    const deadline = Date.now() + away.ms;
    while (!(await givenUp(resets))) {
      assert.ok(Date.now() < deadline, 'the step is not given up');
      await setTimeout(100); // leaves the cores to the product
    }
  } finally {
    await away.end();
  }
  for (const { reset, who } of both) {
    assert.deepEqual(await timersRecorded(world, reset), [], 'nobody was added');
    assert.equal((await who.look()).body.state, 'awaiting-approval');
  }

  // Until it is made, whoever could decide before can: it counts.
  const first = (await patiently(() => inboxItem(ines, decided.who.reference))) ?? assert.fail('the manager is not asked');
  assert.equal((await patiently(() => decide(ines, people, 'ines.duarte', first.id, 'approve'))).status, 200);
  const early = await decide(quentin, people, 'quentin.roux', first.id, 'approve');
  assert.deepEqual([early.status, early.body.code], [403, 'not-an-approver']);

  for (const { reset } of both) {
    await temporal.skip(reset, AGAIN_MS / 1000);
    await patiently(async () => assert.deepEqual(await timersRecorded(world, reset), ['approval.escalated success 0 1 2']));
  }
  const second = (await inboxItem(quentin, decided.who.reference)) ?? assert.fail('the officer is not asked');
  assert.equal((await decide(quentin, people, 'quentin.roux', second.id, 'approve')).status, 200);
  assert.equal((await decided.who.until('choosing-password', 'expired')).state, 'choosing-password');

  assert.equal(Date.parse((await silent.who.look()).body.next.until ?? ''), silent.end, 'the claimant is told the same end');
  await temporal.skip(silent.reset, (silent.end - Date.now()) / 1000); // further than its clock needs: nothing else is left on the list
  assert.equal((await silent.who.until('expired', 'choosing-password')).next.code, 'approval-expired');
  const last = (await firedAt(world, silent.reset)).at(-1) ?? 0;
  assert.ok(last >= silent.end && last < silent.end + 1000, `expired ${last - silent.end} ms after the end`);
  await decided.who.cancel();
  for (const { who } of both) who.close();
});
