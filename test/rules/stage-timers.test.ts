import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { sourcesOf, type ApprovalStage, type StageTimers } from '#domain/approval-stage.ts';
import { afterBusinessTime, type Calendar } from '#domain/calendar.ts';
import { dueTimers, lagOf, SPREAD_SECONDS, whyNotTimers } from '#domain/stage-timers.ts';

const HOUR = 3600;
const office = [{ from: '08:00', to: '18:00' }];
const zurich: Calendar = {
  zone: 'Europe/Zurich',
  hours: { mon: office, tue: office, wed: office, thu: office, fri: office },
  holidays: ['2026-05-25'],
};
const deputies = { to: [{ group: 'CS-Deputies' }] };
const officers = { to: [{ role: 'security-officer' }] };

test('the timers of a stage are one absolute list by its calendar, over a long weekend', () => {
  const timers: StageTimers = {
    remind: [4 * HOUR, HOUR],
    escalate: [
      { after: 4 * HOUR, ...deputies },
      { after: 12 * HOUR, ...officers },
    ],
    expire: 20 * HOUR,
  };
  assert.equal(whyNotTimers(timers), undefined);
  assert.deepEqual(dueTimers(timers, zurich, new Date('2026-05-22T16:00:00+02:00')), [
    { at: '2026-05-22T15:00:00.000Z', do: 'remind' },
    { at: '2026-05-26T08:00:00.000Z', do: 'remind' },
    { at: '2026-05-26T08:00:00.000Z', do: 'escalate', tier: 1 },
    { at: '2026-05-26T16:00:00.000Z', do: 'escalate', tier: 2 },
    { at: '2026-05-27T14:00:00.000Z', do: 'expire' },
  ]);
});

test('around the clock when there is no calendar; what falls together comes as reminder, escalation, expiry, and nothing after it', () => {
  const timers: StageTimers = {
    remind: [HOUR, 2 * HOUR],
    escalate: [
      { after: HOUR, ...deputies },
      { after: 2 * HOUR, ...officers },
    ],
    expire: HOUR,
  };
  const at = '2026-05-22T15:00:00.000Z';
  assert.deepEqual(dueTimers(timers, undefined, new Date('2026-05-22T16:00:00+02:00')), [
    { at, do: 'remind' },
    { at, do: 'escalate', tier: 1 },
    { at, do: 'expire' },
  ]);
});

const seconds = fc.integer({ min: 1, max: 200 }).map((quarters) => quarters * 900);
const anyTimers: fc.Arbitrary<StageTimers> = fc.record({
  remind: fc.array(seconds, { maxLength: 6 }),
  escalate: fc.array(
    seconds.map((after) => ({ after, to: [{ group: `after-${after}` }] })),
    { maxLength: 4 },
  ),
  expire: seconds,
});

test('whatever a policy asks for, the list is in order, ends with the one expiry, and tells each escalation from the next', () => {
  const order = ['remind', 'escalate', 'expire'];
  fc.assert(
    fc.property(anyTimers, fc.constantFrom(zurich, undefined), fc.integer({ min: 0, max: 14 * 86_400 }), (timers, calendar, later) => {
      const opened = new Date(Date.parse('2026-05-18T00:00:00Z') + later * 1000);
      const due = dueTimers(timers, calendar, opened);
      const moment = (after: number) => afterBusinessTime(calendar, opened, after).toISOString();

      const keys = due.map((timer) => `${timer.at} ${order.indexOf(timer.do)}`);
      assert.deepEqual(keys, keys.toSorted());
      assert.equal(due.filter((timer) => timer.do === 'expire').length, 1);
      assert.deepEqual(due.at(-1), { at: moment(timers.expire), do: 'expire' });
      assert.deepEqual(
        due.filter((timer) => timer.do === 'remind').map(({ at }) => at),
        timers.remind
          .filter((after) => after <= timers.expire)
          .map(moment)
          .toSorted(),
      );

      const escalations = due.filter((timer) => timer.do === 'escalate');
      assert.deepEqual(
        escalations.map(({ tier }) => tier),
        escalations.map((_, index) => index + 1),
      );
      if (whyNotTimers(timers) !== undefined) return;
      // A stage counts its escalations as the list does: those of a tier are the people who have waited so long by then.
      const stage: ApprovalStage = { label: 'manager', by: [], needs: 1, beside: false, timers, calendar: undefined };
      for (const { at, tier } of escalations) {
        const added = timers.escalate.filter(({ after }) => moment(after) <= at).flatMap(({ to }) => to);
        assert.deepEqual(sourcesOf(stage, tier ?? 0), added);
      }
    }),
    { numRuns: 3000, seed: 20_261_126 },
  );
});

test('timers that cannot work as written are refused in a sentence', () => {
  const timers: StageTimers = { remind: [HOUR], escalate: [{ after: 2 * HOUR, ...deputies }], expire: 3 * HOUR };
  const early = { after: HOUR, ...officers };
  const wrong: [Partial<StageTimers>, RegExp][] = [
    [{ remind: [HOUR, 3 * HOUR] }, /^A reminder comes only after the stage has expired; .*\.$/],
    [{ escalate: [{ after: 3 * HOUR, ...deputies }] }, /^An escalation comes only after the stage has expired; .*\.$/],
    [{ escalate: [...timers.escalate, early] }, /^The escalations are not in the order of time; .*\.$/],
    [{ escalate: [early, early] }, /^The escalations are not in the order of time; .*\.$/],
    [{ remind: [HOUR, HOUR] }, /^Two reminders come at the same time; .*\.$/],
  ];
  for (const [change, words] of wrong) assert.match(whyNotTimers({ ...timers, ...change }) ?? 'nothing', words);
  assert.equal(whyNotTimers({ ...timers, escalate: [early, ...timers.escalate] }), undefined);
});

test('stages opened over a weekend begin to count within a quarter of an hour of Monday, each at its own moment; at work none waits', () => {
  const saturday = new Date('2026-05-30T11:00:00+02:00');
  const resets = Array.from({ length: 2000 }, () => crypto.randomUUID());
  const lags = resets.map((reset) => lagOf(reset, zurich, saturday));
  assert.ok(lags.every((lag) => Number.isInteger(lag) && lag >= 0 && lag < SPREAD_SECONDS));
  const perMinute = Map.groupBy(lags, (lag) => Math.floor(lag / 60));
  for (let minute = 0; minute < SPREAD_SECONDS / 60; minute++) {
    const count = perMinute.get(minute)?.length ?? 0;
    assert.ok(count > 60 && count < 220, `${count} of 2000 in minute ${minute}, not about 133`);
  }
  const timers: StageTimers = { remind: [HOUR], escalate: [], expire: 2 * HOUR };
  const at = (lag: number) => dueTimers(timers, zurich, saturday, lag).map((timer) => timer.at);
  assert.deepEqual(at(0), ['2026-06-01T07:00:00.000Z', '2026-06-01T08:00:00.000Z']);
  assert.deepEqual(at(61), ['2026-06-01T07:01:01.000Z', '2026-06-01T08:01:01.000Z'], 'the end stays as far from the reminder');
  const [reset = ''] = resets;
  assert.equal(lagOf(reset, zurich, saturday), lagOf(reset, zurich, new Date('2026-05-31T11:00:00+02:00')), 'a reset keeps its moment');
  assert.equal(lagOf(reset, zurich, new Date('2026-06-01T11:00:00+02:00')), 0);
  assert.equal(lagOf(reset, undefined, saturday), 0, 'around the clock there is no opening to wait for');
});
