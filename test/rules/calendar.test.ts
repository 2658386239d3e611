import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { afterBusinessTime, isOpen, nextOpening, WEEKDAYS, whyNotCalendar, type Calendar, type OpenHours } from '#domain/calendar.ts';
import { countDown, firstOpen, FORTNIGHTS, openAt, readWallClock, type WallClock } from '#test/support/minute-by-minute.ts';

const HOUR = 3600;
const officeHours = [{ from: '08:00', to: '18:00' }];
const office: Calendar['hours'] = { mon: officeHours, tue: officeHours, wed: officeHours, thu: officeHours, fri: officeHours };
const always = Object.fromEntries(WEEKDAYS.map((day) => [day, [{ from: '00:00', to: '24:00' }]]));
const zurich: Calendar = { zone: 'Europe/Zurich', hours: office, holidays: ['2026-04-03', '2026-04-06', '2026-05-25'] };
const newYork: Calendar = { zone: 'America/New_York', hours: office, holidays: ['2026-11-26'] };
const mumbai: Calendar = { zone: 'Asia/Kolkata', hours: { ...office, sat: [{ from: '09:30', to: '13:00' }] }, holidays: ['2026-01-26'] };
const night = (zone: string): Calendar => ({
  zone,
  hours: { fri: [{ from: '20:00', to: '24:00' }], sat: [{ from: '20:00', to: '24:00' }], sun: [{ from: '00:00', to: '06:00' }] },
  holidays: [],
});
const halfPastTwo: Calendar = { zone: 'Europe/Zurich', hours: { sun: [{ from: '02:30', to: '04:00' }] }, holidays: [] };

test('business time passes only while the wall clock shows opening hours', () => {
  const scenes: [string, Calendar | undefined, string, number, string][] = [
    ['without a calendar it is plain time', undefined, '2026-05-22T17:30:00+02:00', 2 * HOUR, '2026-05-22T19:30:00+02:00'],
    ['within a day', zurich, '2026-05-20T09:15:30+02:00', 2 * HOUR, '2026-05-20T11:15:30+02:00'],
    ['Friday evening over Whit Monday', zurich, '2026-05-22T17:30:00+02:00', 2 * HOUR, '2026-05-26T09:30:00+02:00'],
    ['from Maundy Thursday over Easter', zurich, '2026-04-02T17:00:00+02:00', 11 * HOUR, '2026-04-07T18:00:00+02:00'],
    ['just until closing', zurich, '2026-05-22T17:30:00+02:00', HOUR / 2, '2026-05-22T18:00:00+02:00'],
    ['one second more', zurich, '2026-05-22T17:30:00+02:00', HOUR / 2 + 1, '2026-05-26T08:00:01+02:00'],
    ['none at all, in the night', zurich, '2026-05-22T23:00:00+02:00', 0, '2026-05-22T23:00:00+02:00'],
    ['over the weekend on which clocks go forward', zurich, '2026-03-27T17:00:00+01:00', 2 * HOUR, '2026-03-30T09:00:00+02:00'],
    ['over the weekend on which clocks go back', zurich, '2026-10-23T17:00:00+02:00', 2 * HOUR, '2026-10-26T09:00:00+01:00'],
    ['the New York weekend forward', newYork, '2026-03-06T17:00:00-05:00', 2 * HOUR, '2026-03-09T09:00:00-04:00'],
    ['the New York weekend back', newYork, '2026-10-30T17:00:00-04:00', 2 * HOUR, '2026-11-02T09:00:00-05:00'],
    ['over Thanksgiving', newYork, '2026-11-25T17:00:00-05:00', 2 * HOUR, '2026-11-27T09:00:00-05:00'],
    ['Saturday morning and Republic Day in Mumbai', mumbai, '2026-01-24T12:00:00+05:30', 2 * HOUR, '2026-01-27T09:00:00+05:30'],
    [
      'a night of 24:00 and 00:00, one hour short',
      night('Europe/Zurich'),
      '2026-03-28T23:00:00+01:00',
      5 * HOUR,
      '2026-03-29T05:00:00+02:00',
    ],
    ['the same, one hour long', night('Europe/Zurich'), '2026-10-24T23:00:00+02:00', 5 * HOUR, '2026-10-25T03:00:00+01:00'],
    ['New York, one hour short', night('America/New_York'), '2026-03-07T23:00:00-05:00', 5 * HOUR, '2026-03-08T05:00:00-04:00'],
    ['New York, one hour long', night('America/New_York'), '2026-10-31T23:00:00-04:00', 5 * HOUR, '2026-11-01T03:00:00-05:00'],
    ['until 24:00, which is midnight', night('Europe/Zurich'), '2026-05-22T20:00:00+02:00', 4 * HOUR, '2026-05-23T00:00:00+02:00'],
    ['half past two does not exist: open from three', halfPastTwo, '2026-03-29T00:00:00+01:00', HOUR, '2026-03-29T04:00:00+02:00'],
    ['half past two exists twice', halfPastTwo, '2026-10-25T00:00:00+02:00', 2 * HOUR, '2026-10-25T04:00:00+01:00'],
    ['a day without end', { ...zurich, hours: always, holidays: [] }, '2026-10-24T12:00:00+02:00', 24 * HOUR, '2026-10-25T11:00:00+01:00'],
  ];
  for (const [scene, calendar, from, seconds, expected] of scenes) {
    if (calendar) assert.equal(whyNotCalendar(calendar), undefined, scene);
    assert.equal(afterBusinessTime(calendar, new Date(from), seconds).toISOString(), new Date(expected).toISOString(), scene);
  }
});

const minuteText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const edge = fc.oneof(
  fc.integer({ min: 0, max: 1440 }),
  fc.integer({ min: 0, max: 24 }).map((hour) => hour * 60),
);

/** One to three spans of a day, some of them touching, in any order; now and then a day without. */
const dayHours: fc.Arbitrary<OpenHours[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<OpenHours[]>([]) },
  {
    weight: 5,
    arbitrary: fc.uniqueArray(edge, { minLength: 2, maxLength: 6 }).chain((edges) => {
      const times = edges.toSorted((a, b) => a - b).map(minuteText);
      const spans = times.slice(1).map((to, index) => ({ from: times[index] ?? to, to }));
      return fc.shuffledSubarray(spans, { minLength: 1, maxLength: Math.min(3, spans.length) });
    }),
  },
);

const fortnights = new Map<string, WallClock>();
const fortnight = fc.constantFrom(...FORTNIGHTS).map(([zone, monday]) => {
  const name = `${zone} ${monday}`;
  const known = fortnights.get(name) ?? readWallClock(zone, monday);
  fortnights.set(name, known);
  return known;
});

interface Case {
  fortnight: WallClock;
  calendar: Calendar;
  from: number;
  seconds: number;
}

const anyCase: fc.Arbitrary<Case> = fortnight.chain((fortnight) =>
  fc.record({
    fortnight: fc.constant(fortnight),
    calendar: fc.record({
      zone: fc.constant(fortnight.zone),
      hours: fc.record(Object.fromEntries(WEEKDAYS.map((day) => [day, dayHours]))),
      holidays: fc.shuffledSubarray(fortnight.dates, { maxLength: 4 }),
    }),
    from: fc.integer({ min: 0, max: 9 * 86_400_000 }).map((ms) => fortnight.start + ms),
    seconds: fc.oneof(
      fc.integer({ min: 0, max: 4 * HOUR }),
      fc.integer({ min: 0, max: 30 * HOUR }),
      fc.integer({ min: 0, max: 20 }).map((h) => h * HOUR),
    ),
  }),
);

const endOf = ({ start, minutes }: WallClock): number => start + minutes.length * 60_000;

/** The answer, or undefined when the calendar refuses. */
function answer(ask: () => Date): number | undefined {
  try {
    return ask().getTime();
  } catch (error) {
    assert.ok(error instanceof RangeError);
    return undefined;
  }
}

test('it agrees with a clock watched minute by minute, whatever the hours, the holidays and the clocks do', () => {
  let within = 0;
  fc.assert(
    fc.property(anyCase, ({ fortnight, calendar, from, seconds }) => {
      const expected = countDown(fortnight, calendar, from, seconds);
      const found = answer(() => afterBusinessTime(calendar, new Date(from), seconds));
      if (expected !== undefined) assert.equal(found, expected);
      else assert.ok(found === undefined || found > endOf(fortnight));
      within += expected === undefined ? 0 : 1;

      assert.equal(isOpen(calendar, new Date(from)), openAt(fortnight, calendar, from));
      const opening = firstOpen(fortnight, calendar, from);
      const next = answer(() => nextOpening(calendar, new Date(from)));
      if (opening !== undefined) assert.equal(next, opening);
      else assert.ok(next === undefined || next >= endOf(fortnight));
    }),
    { numRuns: 10_000, seed: 20_261_126 },
  );
  assert.ok(within > 6000, `the oracle judged ${within}`);
});

test('a wait in two parts ends with the wait in one, and always at a moment that was open', () => {
  fc.assert(
    fc.property(anyCase, fc.integer({ min: 1, max: 20 * HOUR }), ({ calendar, from, seconds }, more) => {
      const whole = answer(() => afterBusinessTime(calendar, new Date(from), seconds + more));
      if (whole === undefined) return;
      const first = afterBusinessTime(calendar, new Date(from), seconds);
      assert.equal(afterBusinessTime(calendar, first, more).getTime(), whole);
      assert.ok(isOpen(calendar, new Date(whole - 1)));
      assert.ok(first.getTime() < whole);
    }),
    { numRuns: 2000, seed: 20_261_126 },
  );
});

test('a calendar that hardly opens is walked to its end, and one that never does is refused', () => {
  const from = new Date('2026-11-26T12:00:00Z');
  const hardly: Calendar = { zone: 'Europe/Zurich', hours: { mon: [{ from: '09:00', to: '09:01' }] }, holidays: [] };
  assert.equal(afterBusinessTime(hardly, from, 60 * 52).toISOString(), '2027-11-22T08:01:00.000Z');
  assert.throws(() => afterBusinessTime(hardly, from, 60 * 600), {
    name: 'RangeError',
    message: /^The calendar does not reach 36000 .*\.$/,
  });
  const never: Calendar = { zone: 'Europe/Zurich', hours: {}, holidays: [] };
  assert.throws(() => afterBusinessTime(never, from, 1), {
    name: 'RangeError',
    message: /within ten years\. Give it more opening hours\.$/,
  });
  assert.throws(() => nextOpening(never, from), { name: 'RangeError', message: /^The calendar does not open within ten years\. / });
  assert.equal(isOpen(never, from), false);
  for (const odd of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => afterBusinessTime(undefined, from, odd), { name: 'RangeError', message: /whole seconds/ });
  }
});

test('what is wrong with a calendar is said in a sentence that names the fix', () => {
  const wrong: [Partial<Calendar>, RegExp][] = [
    [{ zone: 'Europe/Zuerich' }, /^"Europe\/Zuerich" is no time zone of the IANA database/],
    [{ zone: '+01:00' }, /no time zone/],
    [{ zone: '' }, /no time zone/],
    [{ zone: 'local' }, /no time zone/],
    [{ hours: {} }, /^It never opens/],
    [{ hours: { mon: [] } }, /^It never opens/],
    [{ hours: { tue: [{ from: '8:00', to: '18:00' }] } }, /^tue: "8:00" is no time/],
    [{ hours: { tue: [{ from: '08:00', to: '24:30' }] } }, /^tue: "24:30" is no time/],
    [{ hours: { tue: [{ from: '08:60', to: '18:00' }] } }, /^tue: "08:60" is no time/],
    [{ hours: { wed: [{ from: '08:00', to: '08:00' }] } }, /^wed: 08:00 to 08:00 is empty/],
    [{ hours: { wed: [{ from: '22:00', to: '06:00' }] } }, /^wed: 22:00 to 06:00 is empty; .*midnight as two/],
    [
      {
        hours: {
          thu: [
            { from: '13:00', to: '18:00' },
            { from: '08:00', to: '13:01' },
          ],
        },
      },
      /^thu: 13:00 to 18:00 overlaps/,
    ],
    [{ holidays: ['2026-02-29'] }, /^"2026-02-29" is no date/],
    [{ holidays: ['25.12.2026'] }, /^"25\.12\.2026" is no date; write a holiday as YYYY-MM-DD/],
    [{ holidays: ['2026-13-01'] }, /^"2026-13-01" is no date/],
    [{ holidays: ['2026-12-25', '2026-12-26', '2026-12-25'] }, /^2026-12-25 is listed as a holiday twice/],
  ];
  for (const [change, words] of wrong) assert.match(whyNotCalendar({ ...zurich, ...change }) ?? 'nothing', words);
  const touching = {
    ...zurich,
    hours: {
      mon: [
        { from: '12:00', to: '24:00' },
        { from: '00:00', to: '12:00' },
      ],
      sun: [],
    },
  };
  for (const right of [zurich, newYork, mumbai, touching, { ...zurich, zone: 'UTC' }]) assert.equal(whyNotCalendar(right), undefined);
});
