import { z } from 'zod';
import { WEEKDAYS, whyNotCalendar } from '#domain/calendar.ts';

const hours = z.array(z.strictObject({ from: z.string(), to: z.string() }));

/** A calendar as a policy document writes it. What is wrong with its zone, hours or holidays is said in a sentence. */
export const calendarText = z
  .strictObject({
    zone: z.string().min(1),
    hours: z.partialRecord(z.enum(WEEKDAYS), hours),
    holidays: z.array(z.string()).default([]),
  })
  .superRefine((calendar, context) => {
    const why = whyNotCalendar(calendar);
    if (why !== undefined) context.addIssue({ code: 'custom', message: why });
  });
