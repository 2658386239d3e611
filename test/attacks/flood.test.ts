import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimant, freshPassword, newSource, proven, type Claimant } from '#test/support/scenes.ts';
import { amount } from '#test/support/campaign.ts';
import { useWorld } from '#test/support/world.ts';

/** @alone It fills the machine, and counts by the minute. */
const world = useWorld();

/** Anonymous requests beyond the limits never reach Temporal, and nobody who is proven waits behind them. The campaign sends 10,000. */
const requests = amount(400, 10_000);
/** Few sources, as one attacker has: the limit of a source stops most of them, and in the campaign that of the site. */
const sources = requests > 5000 ? 8 : 1;

async function openResets(): Promise<number> {
  const [row] = await world.people.sql<{ n: string }>(
    `SELECT count(*) AS n FROM reset WHERE state IN ('proving', 'checking-factor') AND started_at > now() - interval '10 minutes'`,
  );
  return Number(row?.n ?? 0);
}

test(`${requests} anonymous requests stay at the door, and a proven person goes on meanwhile`, async () => {
  const { who } = await proven(world.stack.run, world.people, 'nadia.rahman');
  const statuses = new Map<number, number>();
  const begun: Claimant[] = [];
  let sent = 0;
  const one = async (): Promise<void> => {
    while (sent < requests) {
      sent += 1;
      const visitor = claimant(world.stack.run, `127.9.0.${(sent % sources) + 1}`);
      const answer = await visitor.name(`guess-${sent}`);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 201) begun.push(visitor);
      else {
        assert.ok([429, 503].includes(answer.status), answer.text);
        assert.ok(Number(answer.headers['retry-after']) > 0, 'a refusal says when to come back');
        visitor.close();
      }
    }
  };
  const flood = Promise.all(Array.from({ length: 8 }, one));

  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused', 'expired')).state, 'done');
  await flood;

  const admitted = statuses.get(201) ?? 0;
  assert.ok(admitted < requests, `all ${requests} were let in`);
  assert.ok((await openResets()) <= 500, 'never more than the cap of unproven resets');
  const { count } = await world.temporal.client.workflow.count(`WorkflowType = 'passwordReset' AND ExecutionStatus = 'Running'`);
  assert.ok(count <= 520, `${count} workflows run: what was not let in never reached Temporal`);
  assert.equal(await world.temporal.backlog('reset'), 0, 'no workflow task waits in the queue');
  assert.equal(await world.temporal.backlog('verify'), 0, 'nor a step of the verifier');
  await world.stack.restart('api'); // what was counted in the current minute is written when the API ends
  const [leaves] = await world.people.sql<{ n: string }>(
    `SELECT count(*) AS n FROM leaf WHERE type = 'reset.admission-refused' AND at > now() - interval '15 minutes'`,
  );
  assert.ok(Number(leaves?.n) >= 1 && Number(leaves?.n) <= sources * 15, 'one counted leaf a source and minute, not one a request');

  for (const visitor of begun) {
    await visitor.cancel();
    visitor.close();
  }
  await world.people.sql('DELETE FROM rate_limit');
  const fresh = claimant(world.stack.run, newSource());
  assert.equal((await fresh.name('alice.moreau')).status, 201);
  await fresh.cancel();
});
