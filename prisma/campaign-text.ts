import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { CAMPAIGN_WHOM } from '#domain/campaign.ts';
import { openStatement } from '#evidence/attestation.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { officerPart, whyNotSignedByBoth } from './officer-text.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** Exactly CampaignAsked in domain/campaign.ts. */
export const campaignAsked = z.strictObject({
  name: z.string().min(1).max(80),
  unit: z.string().max(1024),
  group: z.string().max(256),
  whom: z.enum(CAMPAIGN_WHOM),
  until: z.iso.datetime(),
});
/** Exactly CampaignCovers. */
export const campaignCovers = z.strictObject({ unit: z.string(), group: z.string() });

const approved = z.strictObject({
  v: z.literal(2),
  kind: z.literal('campaign'),
  id: guid,
  campaign: campaignAsked,
  covers: campaignCovers,
  proposed: officerPart,
  confirmed: officerPart,
});
export type ApprovedCampaign = z.infer<typeof approved>;

/**
 * A campaign that two people approved, each with their own key, when this key of the verifier signed it; undefined
 * otherwise. `party`: whose keys and pages count; without it, those that the records name.
 */
export function readCampaign(text: string, signature: Uint8Array, key: KeyObject, party?: RelyingParty): ApprovedCampaign | undefined {
  const parsed = approved.safeParse(openStatement(text, signature, key));
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const { campaign, covers } = data;
  const why = whyNotSignedByBoth({ ...data, proposes: { campaign }, confirms: { campaign, covers } }, key, party);
  return why === undefined ? data : undefined;
}
