import { z } from 'zod';
import type { Database } from '#db';
import { WEEKDAYS } from '#domain/calendar.ts';
import { Refusal } from '#domain/refusals.ts';
import { dueTimers } from '#domain/stage-timers.ts';
import { policyVersion } from '#prisma/policies.ts';
import { endpoint } from './endpoint.ts';
import { version } from './policy-shapes.ts';
import { moment } from './shapes.ts';

const hours = z.array(z.object({ from: z.string(), to: z.string() }));
export const calendarsSchema = z.object({
  calendars: z.array(
    z.object({
      name: z.string(),
      zone: z.string(),
      hours: z.partialRecord(z.enum(WEEKDAYS), hours),
      holidays: z.array(z.string()),
    }),
  ),
  /** Those that somebody has to approve. */
  rules: z.array(
    z.object({
      id: z.string(),
      stages: z.array(
        z.object({
          label: z.string(),
          calendar: z.string().nullable(),
          timers: z.array(z.object({ at: moment, do: z.enum(['remind', 'escalate', 'expire']), tier: z.int().optional() })),
        }),
      ),
    }),
  ),
  at: moment,
});

/** The calendars of a version, and when its stages would fall due by them. By the time zones that this service knows, as it will be. */
export function calendarsEndpoints({ db }: { db: Database }) {
  return {
    show: endpoint(
      {
        summary: 'The calendars of a version, and when each stage would remind, escalate and expire if it opened at a moment',
        access: ['administrator', 'auditor'],
        params: version,
        query: z.strictObject({ at: z.iso.datetime().optional() }),
        replies: { 200: { description: 'As the version says; now when no moment is named', schema: calendarsSchema } },
        refusals: ['not-found', 'bad-request'],
      },
      async (ask) => {
        const found = await policyVersion(db, ask.params.sha256);
        if (!found) throw new Refusal('not-found');
        const { calendars, rules } = found.policy;
        const at = ask.query.at === undefined ? new Date() : new Date(ask.query.at);
        const body: z.infer<typeof calendarsSchema> = {
          calendars: Object.entries(calendars).map(([name, { zone, hours, holidays }]) => ({
            name,
            zone,
            hours: Object.fromEntries(Object.entries(hours).map(([day, open]) => [day, [...open]])),
            holidays: [...holidays],
          })),
          rules: rules
            .filter(({ approvals }) => approvals.length > 0)
            .map(({ id, approvals }) => ({
              id,
              stages: approvals.map(({ label, calendar, timers }) => ({
                label,
                calendar: calendar ?? null,
                timers: dueTimers(timers, calendar === undefined ? undefined : calendars[calendar], at),
              })),
            })),
          at: at.toISOString(),
        };
        return { status: 200, body };
      },
    ),
  };
}
