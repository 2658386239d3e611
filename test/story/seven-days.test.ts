import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFUSALS } from '#domain/refusals.ts';
import type { Client } from '#test/support/http-client.ts';
import { until } from '#test/support/holds.ts';
import { patiently, unlessGap } from '#test/support/patiently.ts';
import { claimant, decide, freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import type { PartName } from '#test/support/stack.ts';
import { travel } from '#test/support/travel.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';
import { bankCalendar, dueMoments, firedAt, openedAt, sevenDays, STEPS, timersRecorded } from './seven-days.ts';

/** Real servers throughout; only the clock of the reset itself is moved on, by its own Temporal server. */
const APPROVERS = ['ines.duarte', 'helena.voss', 'priya.menon', 'quentin.roux'] as const;
type Approver = (typeof APPROVERS)[number];
let inboxes: Record<Approver, Client>;

const world = useWorld(async ({ stack, people }) => {
  const inbox = (approver: Approver) => signedIn(stack.run, people, approver);
  inboxes = {
    'ines.duarte': await inbox('ines.duarte'),
    'helena.voss': await inbox('helena.voss'),
    'priya.menon': await inbox('priya.menon'),
    'quentin.roux': await inbox('quentin.roux'),
  };
});

/** A protected account whose reset waits for its first stage, under a policy of seven days that is in force only for a moment. */
async function parked(account: string) {
  const calendar = bankCalendar();
  const { who, next } = await underPolicy(world.stack, sevenDays(calendar), () => proven(world.stack.run, world.people, account));
  const reset = await world.resetId(who.reference);
  const due = dueMoments(calendar, reset, await openedAt(world, reset));
  assert.equal(next.until, new Date(due.at(-1) ?? 0).toISOString(), 'the claimant is told the very moment');
  return { who, reset, due, clock: travel(world, reset) };
}

/** Whose inbox shows the request as one to decide. */
async function mayDecide(reference: string): Promise<Approver[]> {
  const items = await Promise.all(APPROVERS.map((approver) => patiently(() => inboxItem(inboxes[approver], reference))));
  return APPROVERS.filter((_, index) => items[index]?.mayDecide === true);
}

const RECORDED = [
  'approval.reminded success 0',
  'approval.escalated success 0 1 1',
  'approval.reminded success 0',
  'approval.escalated success 0 2 2',
  'approval.expired expired',
];

test('seven working days over a holiday: reminded, opened to more people, parked through kill -9 of every part, expired at the very moment', async () => {
  const { who, reset, due, clock } = await parked('rosa.klein');
  const killed: PartName[][] = [['worker'], ['temporal'], ['verifier', 'postgres'], ['worker', 'temporal'], ['api']];
  let able: Approver[] = ['ines.duarte'];

  for (const [index, step] of STEPS.entries()) {
    const moment = due[index] ?? assert.fail('has no moment');
    await clock.to(moment - 300_000);
    assert.deepEqual(await timersRecorded(world, reset), RECORDED.slice(0, index), 'nothing comes early');
    assert.deepEqual(await mayDecide(who.reference), able);
    for (const part of killed[index] ?? []) {
      await world.stack.kill(part, 'SIGKILL');
      await world.stack.restart(part);
    }
    await patiently(() => world.temporal.backlog('reset'));

    await clock.to(moment + 1000);
    await until(RECORDED[index] ?? 'a step', async () => (await patiently(() => timersRecorded(world, reset))).length > index);
    assert.deepEqual(await timersRecorded(world, reset), RECORDED.slice(0, index + 1));
    if ('adds' in step) able = APPROVERS.filter((approver) => [...able, ...step.adds].includes(approver));
    if (step.does !== 'expire') assert.deepEqual(await mayDecide(who.reference), able, 'people are added, and nobody is removed');
  }

  const fired = await firedAt(world, reset);
  assert.equal(fired.length, due.length, 'one timer for each moment of the list, whatever was killed');
  for (const [index, at] of fired.entries()) {
    const late = at - (due[index] ?? 0);
    // Real seconds of a busy machine are in it; whoever waited for the next step of the clock would be hours late.
    assert.ok(late >= 0 && late < 60_000, `timer ${index} fired ${late} ms after its moment`);
  }

  assert.deepEqual(await mayDecide(who.reference), []);
  const [{ id } = { id: '' }] = await world.people.sql<{ id: string }>(
    'SELECT id::text FROM approval WHERE reset_id = $1::uuid AND stage = 0',
    [reset],
  );
  for (const approver of ['ines.duarte', 'helena.voss'] as const) {
    const late = await decide(inboxes[approver], world.people, approver, id, 'approve');
    assert.deepEqual([late.status, late.body.code], [409, 'approval-closed'], 'who decides too late is told so');
  }
  const { next } = await who.until('expired');
  assert.deepEqual([next.code, next.message], ['approval-expired', REFUSALS['approval-expired'].words]);
  const back = claimant(world.stack.run);
  const value = await world.people.code('rosa.klein');
  const learned = await back.http.post<{ next: typeof next }>('/api/v1/portal/resume', { reference: who.reference, factor: 'totp', value });
  assert.deepEqual([learned.status, learned.body.next.code], [200, 'approval-expired'], learned.text);
  for (const one of [who, back]) one.close();
});

test('who was added by an escalation decides, what is left of the list falls silent, and the writer agrees', async () => {
  const { who, reset, due, clock } = await parked('samir.khan');
  const [, escalated = 0, , , end = 0] = due;
  await clock.to(escalated + 1000);
  assert.deepEqual(await mayDecide(who.reference), ['ines.duarte', 'helena.voss']);
  const item = (await inboxItem(inboxes['helena.voss'], who.reference)) ?? assert.fail('she does not see it');
  const early = await decide(inboxes['quentin.roux'], world.people, 'quentin.roux', item.id, 'approve');
  assert.deepEqual([early.status, early.body.code], [403, 'not-an-approver'], 'an officer is added by the second escalation only');
  assert.equal((await decide(inboxes['helena.voss'], world.people, 'helena.voss', item.id, 'approve')).status, 200);

  await world.stack.kill('worker', 'SIGKILL');
  await world.stack.restart('worker');
  await clock.to(end + 60_000);
  assert.deepEqual(await timersRecorded(world, reset), RECORDED.slice(0, 2), 'a stage that is decided needs nothing of its list');
  assert.equal((await who.look()).body.state, 'awaiting-approval');

  const second = (await inboxItem(inboxes['priya.menon'], who.reference)) ?? assert.fail('the officer does not see it');
  assert.equal((await decide(inboxes['priya.menon'], world.people, 'priya.menon', second.id, 'approve').then(unlessGap)).status, 200);
  assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('samir.khan', password)).answer, 'ok');
  who.close();
});

/** A manager and two officers at once, each stage with an end of its own. */
const sideBySide = `rules:
  - id: privileged
    when: { protected: true }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals:
      - { label: manager, by: { relation: manager }, remind: [2h], expire: 1d }
      - { label: security-officer, by: { group: CS-Security-Officers }, beside: true, needs: 2, remind: [2h, 36h], expire: 2d }`;

test('stages side by side: what is decided ends nothing any more, and the claimant is told the end of what still waits', async () => {
  const { stack, people } = world;
  const { who, next } = await underPolicy(stack, sideBySide, () => proven(stack.run, people, 'rosa.klein'));
  const reset = await world.resetId(who.reference);
  const end = Date.parse(next.until ?? '');
  assert.equal(next.for, 'manager security-officer');
  assert.deepEqual(await mayDecide(who.reference), ['ines.duarte', 'priya.menon', 'quentin.roux']);

  const approve = async (approver: Approver) => {
    const item = (await inboxItem(inboxes[approver], who.reference)) ?? assert.fail('is not asked');
    assert.equal((await decide(inboxes[approver], people, approver, item.id, 'approve')).status, 200);
  };
  await approve('ines.duarte');
  const { next: then } = (await who.look()).body;
  assert.deepEqual([then.for, Date.parse(then.until ?? '') - end], ['security-officer', 86_400_000]);
  await approve('priya.menon');

  const clock = travel(world, reset);
  await clock.to(end + 60_000);
  assert.equal((await who.look()).body.state, 'awaiting-approval', 'the end of the stage that is decided passes by');
  assert.deepEqual(await timersRecorded(world, reset), ['approval.reminded success 1'], 'only who has not decided is reminded');
  await clock.to(end + 86_400_000 + 1000);
  assert.equal((await who.until('expired', 'choosing-password')).next.code, 'approval-expired', 'one of two officers is not two');
  assert.deepEqual((await timersRecorded(world, reset)).slice(1), ['approval.reminded success 1', 'approval.expired expired']);
  who.close();
});
