import type { RefusalCode } from '#domain/refusals.ts';
import type { DeedAsked } from './contract.ts';

/** `tickets`: GUIDs of the accounts whose letters were made by this; of a closed campaign, none. */
export type CampaignAnswer = { outcome: 'done'; campaign: string; tickets: string[] } | { outcome: 'refused'; code: RefusalCode };

export interface CampaignActivities {
  /** Makes the letters of a campaign that two people approved, or closes it. */
  campaignDeed(asked: DeedAsked): Promise<CampaignAnswer>;
}
