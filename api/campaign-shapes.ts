import { z } from 'zod';
import { CAMPAIGN_WHOM } from '#domain/campaign.ts';
import { moment } from './shapes.ts';
import { text } from './typed.ts';

/** What is typed for a campaign (domain/campaign.ts). Neither unit nor group means everybody. */
export const newCampaign = z.strictObject({
  name: text(80).regex(/\S/, 'is empty'),
  unit: z.union([z.literal(''), text(1024)]).default(''),
  group: z.union([z.literal(''), text(256)]).default(''),
  whom: z.enum(CAMPAIGN_WHOM),
  until: z.iso.datetime('is no time such as 2026-12-24T00:00:00Z'),
});
/** As the second person signs it: with what the directory means by it. */
export const shownCampaign = z.object({ campaign: newCampaign, covers: z.object({ unit: z.string(), group: z.string() }) });
/** Whom it was about when it was proposed: how many, and the names of the first. */
export const campaignPeopleShown = z.object({ people: z.int(), names: z.array(z.string()) });

const counts = { people: z.int(), app: z.int(), token: z.int(), key: z.int(), without: z.int(), used: z.int() };
/** One organisational unit of a campaign: what its people have by now, and how many still have nothing. */
export const campaignUnit = z.object({ unit: z.string(), ...counts });

export const campaignSummary = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['approved', 'printed', 'closed', 'expired']),
  until: moment,
  approvedAt: moment,
  printedAt: moment.nullable(),
  endedAt: moment.nullable(),
  /** Whether this person is the one who prints its letters. */
  mine: z.boolean(),
  ...counts,
});

export const campaignShown = campaignSummary.extend({
  units: z.array(campaignUnit),
  persons: z.array(
    z.object({
      account: z.string(),
      accountName: z.string(),
      name: z.string(),
      unit: z.string(),
      /** `none`: no letter was made. `open`: it can be used. `over`: it died unused. */
      ticket: z.enum(['none', 'open', 'used', 'over']),
      usedAt: moment.nullable(),
      holds: z.array(z.enum(['app', 'token', 'key'])),
    }),
  ),
});

/** One letter. The ticket stands in this answer and nowhere else. */
export const letter = z.object({ name: z.string(), accountName: z.string(), unit: z.string(), ticket: z.string() });
export const letters = z.object({ campaign: z.string(), until: moment, letters: z.array(letter) });

export type CampaignSummary = z.infer<typeof campaignSummary>;
export type CampaignShown = z.infer<typeof campaignShown>;
export type Letters = z.infer<typeof letters>;
