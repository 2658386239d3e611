import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TASK_QUEUES } from '#workflows/messages.ts';
import { amount } from '#test/support/campaign.ts';
import { hire } from '#test/support/hired.ts';
import { claimant, freshPassword, type Claimant } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

/** Resets that wait for approval, all real; thousands of them are timed by `npm run bench -- parked`. */
const MANY = amount(6, 200);

const world = useWorld();

async function upToTheFactor(person: Awaited<ReturnType<typeof hire>>['hired'][number]): Promise<Claimant> {
  const who = claimant(world.stack.run);
  assert.equal((await who.name(person.account)).status, 201);
  const proof = await who.prove(person.recoveryCode());
  assert.equal(proof.status, 200, proof.text);
  const factor = await who.factor(person.code());
  assert.equal(factor.status, 200, factor.text);
  return who;
}

interface EventJson {
  activityTaskScheduledEventAttributes?: { activityType?: { name?: string }; taskQueue?: { name?: string } };
}

async function eventsOf(reset: string): Promise<EventJson[]> {
  return (await world.temporal.kept(reset)).events;
}

test(`${MANY} parked resets cost a restarted worker nothing, a new reset goes through between them, and each still wakes`, async () => {
  const parked = await hire(world, 'Privileged', MANY);
  const standard = await hire(world, 'Staff', 1);
  const waiting: { who: Claimant; reset: string; events: number }[] = [];
  for (const person of parked.hired) {
    const who = await upToTheFactor(person);
    assert.equal((await who.look()).body.state, 'awaiting-approval');
    const reset = await world.resetId(who.reference);
    const events = await eventsOf(reset);
    const queues = Object.fromEntries(
      events.flatMap(({ activityTaskScheduledEventAttributes: one }) => (one ? [[one.activityType?.name ?? '', one.taskQueue?.name]] : [])),
    );
    const { verify, approvals } = TASK_QUEUES;
    assert.deepEqual(
      queues,
      { identify: verify, checkProof: verify, checkFactor: verify, lookForLock: verify, requestApprovals: approvals },
      'reading whole groups holds up nobody whose code is to be checked',
    );
    waiting.push({ who, reset, events: events.length });
  }

  await world.stack.kill('worker', 'SIGKILL');
  await world.stack.restart('worker');
  const [person] = standard.hired;
  const newer = await upToTheFactor(person ?? assert.fail('nobody was hired'));
  assert.equal((await newer.choose(freshPassword())).status, 202);
  assert.equal((await newer.until('done', 'refused')).state, 'done');
  newer.close();

  for (const { reset, events } of waiting)
    assert.equal((await eventsOf(reset)).length, events, 'nothing is replayed before somebody speaks');
  assert.equal(await world.temporal.backlog(TASK_QUEUES.reset), 0);
  for (const { who } of waiting) {
    assert.equal((await who.cancel()).status, 200);
    assert.equal((await who.until('cancelled')).state, 'cancelled');
    who.close();
  }
  await parked.dismiss();
  await standard.dismiss();
});
