import { z } from 'zod';
import { WEEKDAYS, whyNotCalendar } from '#domain/calendar.ts';

const hours = z.array(z.strictObject({ from: z.string(), to: z.string() }));

/** A calendar as a policy document writes it. What is wrong with its zone, hours or holidays is said in a sentence. */
export const calendarText = z
  .strictObject({
    zone: z.string().min(1).describe('Name in the IANA time zone database, such as Europe/Zurich.'),
    hours: z
      .partialRecord(z.enum(WEEKDAYS), hours)
      .describe('Open hours of each weekday, mon to sun, as { from: "08:00", to: "18:00" }; a day without hours is closed.'),
    holidays: z.array(z.string()).default([]).describe('Dates on which it is closed, such as 2026-12-25.'),
  })
  .superRefine((calendar, context) => {
    const why = whyNotCalendar(calendar);
    if (why !== undefined) context.addIssue({ code: 'custom', message: why });
  });
