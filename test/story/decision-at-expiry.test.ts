import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { REFUSALS } from '#domain/refusals.ts';
import { amount } from '#test/support/campaign.ts';
import type { Client } from '#test/support/http-client.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { proven, signed, signedIn, type InboxItem } from '#test/support/scenes.ts';
import { travel } from '#test/support/travel.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

/**
 * A decision and the end of its stage at the same instant, again and again. Each run aims by how far the one before was
 * off, so that they fall about the very moment on a quick machine and on a slow one.
 */
const RUNS = amount(25, 1000);
/** The clock of the reset is moved on to so long before the end; from there it runs by itself. No decision is sent earlier. */
const RUN_UP_MS = 2000;
/** One hand may decide thirty times a minute: a quick machine runs up longer. */
const BETWEEN_DECISIONS_MS = 2200;

/** One claimant and one approver, run after run. */
interface Lane {
  claimant: string;
  approver: string;
  http: Client;
  lastDecision: number;
}
const lanes: Lane[] = [];

const world = useWorld(async ({ stack, people }) => {
  for (const [claimant, approver] of [
    ['goran.petrovic', 'ines.duarte'],
    ['fatima.noor', 'helena.voss'],
    ['alice.moreau', 'priya.menon'],
    ['bilal.osman', 'quentin.roux'],
  ] as const) {
    const http = await signedIn(stack.run, people, approver);
    await people.key(approver, http);
    lanes.push({ claimant, approver, http, lastDecision: 0 });
  }
});

const anHourForAnybody = `rules:${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals: [{ label: colleague, by: [{ group: CS-Approvers }, { group: CS-Security-Officers }], expire: 1h }]`;

interface Run {
  outcome: 'approved' | 'expired';
  /** The reset's clock when its workflow took up the decision, less the end of the stage; undefined when the workflow had ended. */
  offset: number | undefined;
}

/** One reset whose one approval is sent about its end. Asserts that everybody is told what is so. */
async function race(lane: Lane, early: number): Promise<Run> {
  const { claimant, approver, http } = lane;
  const { people, stack } = world;
  const { who, next } = await proven(stack.run, people, claimant);
  // The API closes a connection that lay idle: on a slow machine it would do so while the decision is sent.
  http.close();
  assert.deepEqual([next.step, next.for], ['wait', 'colleague']);
  const reset = await world.resetId(who.reference);
  const item = (await asked(http, reset)) ?? assert.fail('the approver does not see it');
  const decision = await signed(http, people, approver, item.id, { decision: 'approve', reason: 'just in time' });
  const end = Date.parse(next.until ?? '');
  const clock = travel(world, reset);
  await clock.to(end - Math.max(RUN_UP_MS, lane.lastDecision + BETWEEN_DECISIONS_MS - Date.now()));

  await setTimeout(Math.max(0, clock.until(end) - early));
  lane.lastDecision = Date.now();
  const answer = await http.post(`/api/v1/approvals/${item.id}/decisions`, decision);
  const { state, next: shown } = await who.until('choosing-password', 'expired');
  const outcome = state === 'expired' ? 'expired' : 'approved';

  if (outcome === 'approved') {
    assert.deepEqual([answer.status, answer.body['state']], [200, 'approved'], answer.text);
    assert.deepEqual(await recorded(reset), ['approval.decided success']);
    await who.cancel();
  } else {
    assert.deepEqual([answer.status, answer.body['code']], [409, 'approval-closed'], answer.text);
    assert.deepEqual([shown.code, shown.message], ['approval-expired', REFUSALS['approval-expired'].words]);
    assert.deepEqual(await recorded(reset), ['approval.expired expired'], 'a decision that came too late is nowhere recorded as one');
  }
  assert.equal(await asked(http, reset), undefined, 'nobody is asked any more');
  who.close();
  const offset = await takenUp(reset, end);
  if (offset !== undefined) assert.equal(outcome, offset <= 0 ? 'approved' : 'expired', `taken up ${offset} ms after the end`);
  return { outcome, offset };
}

/** The request as the approver has it before them. */
async function asked(http: Client, reset: string): Promise<InboxItem | undefined> {
  const { status, body, text } = await http.get<{ items: InboxItem[] }>('/api/v1/approvals?state=waiting');
  assert.equal(status, 200, text);
  return body.items.find(({ resetId }) => resetId === reset);
}

async function recorded(reset: string): Promise<string[]> {
  const rows = await world.people.sql<{ leaf: string }>(
    `SELECT type || ' ' || outcome AS leaf FROM leaf WHERE reset_id = $1::uuid AND type IN ('approval.decided', 'approval.expired') ORDER BY seq`,
    [reset],
  );
  return rows.map(({ leaf }) => leaf);
}

async function takenUp(reset: string, end: number): Promise<Run['offset']> {
  const events = (await world.temporal.kept(reset)).events as {
    eventTime: string;
    workflowTaskStartedEventAttributes?: object;
    workflowExecutionUpdateAcceptedEventAttributes?: { acceptedRequest?: { input?: { name?: string } } };
  }[];
  const accepted = events.findIndex((e) => e.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name === 'decide');
  const started = events.slice(0, Math.max(0, accepted)).findLast((e) => e.workflowTaskStartedEventAttributes);
  return started && Date.parse(started.eventTime) - end;
}

/** How many ms before the end a decision is sent, by how late the earlier ones were taken up. */
function takeAim(): { early: () => number; wasOff: (ms: number) => void } {
  const LEAST_STEP_MS = 40;
  let early = 40;
  let step = LEAST_STEP_MS;
  let last = 0;
  return {
    early: () => early,
    wasOff(ms) {
      // One pause of the machine is no rule; several in a row are, and on a slow machine each is longer.
      step = Math.sign(ms) === Math.sign(last) ? Math.min(RUN_UP_MS, step * 2) : LEAST_STEP_MS;
      last = ms;
      early = Math.min(RUN_UP_MS, Math.max(0, early + Math.round(Math.min(step, Math.max(-step, ms)) * 0.7)));
    },
  };
}

test(`decision and expiry at the same instant, ${RUNS} times: it counts or it is too late, and each is told which`, async () => {
  const runs: Run[] = [];
  let begun = 0;
  const aim = takeAim();
  const play = async (lane: Lane): Promise<void> => {
    while (begun < RUNS) {
      begun += 1;
      const run = await race(lane, aim.early() + ((begun * 7) % 9) - 4);
      // What came after the workflow's own end was late by an unknown time.
      aim.wasOff(run.offset ?? 20);
      runs.push(run);
    }
  };
  await underPolicy(world.stack, anHourForAnybody, () => Promise.all(lanes.map(play)));

  const count = (outcome: Run['outcome']) => runs.filter((run) => run.outcome === outcome).length;
  const offsets = runs.flatMap(({ offset }) => (offset === undefined ? [] : [Math.abs(offset)]));
  const within = (ms: number) => offsets.filter((offset) => offset <= ms).length;
  console.log(
    `${count('approved')} approved, ${count('expired')} expired; taken up within 1 ms of the end: ${within(1)}, 5 ms: ${within(5)}, 20 ms: ${within(20)}; after the workflow's own end: ${RUNS - offsets.length}`,
  );
  assert.equal(runs.length, RUNS);
  for (const outcome of ['approved', 'expired'] as const)
    assert.ok(count(outcome) >= RUNS / 10, `only ${count(outcome)} of ${RUNS} were ${outcome}: the aim is off`);
});
