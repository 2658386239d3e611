import assert from 'node:assert/strict';
import { DateTime } from 'luxon';
import type { Calendar } from '#domain/calendar.ts';
import { lagOf } from '#domain/stage-timers.ts';
import { countDown, readWallClock, type WallClock } from '#test/support/minute-by-minute.ts';
import type { World } from '#test/support/world.ts';

/** Seven working days of ten hours in which nobody decides, and what the policy does about it meanwhile. */
const HOUR = 3600;
export const STEPS = [
  { after: 10 * HOUR, does: 'remind' },
  { after: 20 * HOUR, does: 'escalate', adds: ['helena.voss'] },
  { after: 30 * HOUR, does: 'remind' },
  { after: 40 * HOUR, does: 'escalate', adds: ['priya.menon', 'quentin.roux'] },
  { after: 70 * HOUR, does: 'expire' },
] as const;

const ZONE = 'Europe/Zurich';
const hours = [{ from: '08:00', to: '18:00' }];

/** The bank's week, with a holiday on the next working day: wherever in the week the test is run, the first escalation has to wait for its end. */
export function bankCalendar(now: DateTime = DateTime.now()): Calendar {
  let day = now.setZone(ZONE).plus({ days: 1 });
  while (day.weekday > 5) day = day.plus({ days: 1 });
  return {
    zone: ZONE,
    hours: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours },
    holidays: [day.toFormat('yyyy-MM-dd')],
  };
}

/** Protected accounts wait for their manager for seven such days, and then longer for an officer. */
export function sevenDays(calendar: Calendar): string {
  const inHours = STEPS.map(({ after }) => `${after / HOUR}h`);
  return `calendars: ${JSON.stringify({ bank: calendar })}
rules:
  - id: privileged
    when: { protected: true }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals:
      - label: manager
        by: { relation: manager }
        remind: [${inHours[0]}, ${inHours[2]}]
        escalate:
          - { after: ${inHours[1]}, to: { relation: managers-manager } }
          - { after: ${inHours[3]}, to: { group: CS-Security-Officers } }
        expire: ${inHours[4]}
        calendar: bank
      - { label: security-officer, by: { group: CS-Security-Officers }, expire: 30d }`;
}

/** When each step is due for a stage of a reset opened at that moment, by a clock watched minute by minute. */
export function dueMoments(calendar: Calendar, reset: string, opened: number): number[] {
  // When the test is run at night.
  const lag = lagOf(reset, calendar, new Date(opened));
  const monday = DateTime.fromMillis(opened, { zone: calendar.zone }).startOf('week');
  const clock: WallClock = readWallClock(calendar.zone, monday.toFormat('yyyy-MM-dd'), 4);
  const moments = (of: Calendar) =>
    STEPS.map(({ after }) => countDown(clock, of, opened, after + lag) ?? assert.fail('further than four weeks'));
  const [, escalation = 0] = moments({ ...calendar, holidays: [] });
  const due = moments(calendar);
  assert.ok((due[1] ?? 0) - escalation >= 24 * HOUR * 1000, 'the first escalation waits for the end of the holiday');
  return due;
}

interface EventJson {
  eventTime: string;
  activityTaskScheduledEventAttributes?: { activityType?: { name?: string } };
  workflowTaskStartedEventAttributes?: object;
  timerFiredEventAttributes?: object;
}

async function events({ temporal }: World, reset: string): Promise<EventJson[]> {
  return (await temporal.kept(reset)).events as EventJson[];
}

/** The moment on the reset's clock at which its first stage was opened: the task that learned who may decide. */
export async function openedAt(world: World, reset: string): Promise<number> {
  const all = await events(world, reset);
  const asked = all.findIndex((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'requestApprovals');
  const learned = all.slice(asked + 1).find((event) => event.workflowTaskStartedEventAttributes) ?? assert.fail('no stage was opened');
  return Date.parse(learned.eventTime);
}

/** Every moment on the reset's clock at which one of its timers fired. */
export async function firedAt(world: World, reset: string): Promise<number[]> {
  return (await events(world, reset)).filter((event) => event.timerFiredEventAttributes).map(({ eventTime }) => Date.parse(eventTime));
}

/** What was recorded of the stages' timers, in order. */
export async function timersRecorded({ people }: World, reset: string): Promise<string[]> {
  const rows = await people.sql<{ type: string; outcome: string; body: string }>(
    `SELECT type, outcome, body FROM leaf WHERE reset_id = $1::uuid AND type IN ('approval.reminded', 'approval.escalated', 'approval.expired') ORDER BY seq`,
    [reset],
  );
  return rows.map(({ type, outcome, body }) => {
    const { do: deed = {} } = JSON.parse(body) as {
      do?: { stage?: number | string; escalation?: number | string; added?: number | string };
    };
    return [type, outcome, ...[deed.stage, deed.escalation, deed.added].filter((part) => part !== undefined)].join(' ');
  });
}
