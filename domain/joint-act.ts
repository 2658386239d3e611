import { campaignInText, type CampaignAsked, type CampaignCovers } from './campaign.ts';
import { scopeInText, type ForAnother, type Meant } from './delegation.ts';
import type { Halt } from './halt.ts';
import type { Ceremony } from './passkey.ts';

/** Another officer has this long to confirm what one has proposed. */
export const JOINT_ACT_SECONDS = 1800;

/** Tag of what security officers sign (evidence/signed-statement.ts). */
export const OFFICER_TAG = 'countersign/officer/v1\0';

/**
 * What two security officers do together: they say what is halted from then on, or let somebody decide in the place of
 * another. Two of the administrators or officers make an enrolment campaign. The second one signs also whom and what the
 * directory means by the names (`means`, `covers`).
 */
export type JointDeed = { halts: Halt } | { delegate: ForAnother; means?: Meant } | { campaign: CampaignAsked; covers?: CampaignCovers };

/** What an officer signs to lock a reset; `reason` is the digest of what they typed. */
export function lockStatement({ ceremony, account, notAfter }: Ceremony, { reset, reason }: { reset: string; reason: string }) {
  return { v: 1, type: 'officer/lock', account, nonce: ceremony, notAfter, reset, reason } as const;
}

/** What the first of two officers signs. The ceremony gives the act its id. */
export function proposeStatement({ ceremony, account, notAfter }: Ceremony, { deed, reason }: { deed: JointDeed; reason: string }) {
  return { v: 1, type: 'officer/propose', account, nonce: ceremony, notAfter, deed: inText(deed), reason } as const;
}

export interface Confirming {
  act: string;
  proposer: string;
  deed: JointDeed;
  reason: string;
}

/** What the second signs: whose proposal, and all of what was proposed, as it was shown to them. */
export function confirmStatement({ ceremony, account, notAfter }: Ceremony, { act, proposer, deed, reason }: Confirming) {
  return { v: 1, type: 'officer/confirm', account, nonce: ceremony, notAfter, act, proposer, deed: inText(deed), reason } as const;
}

/** A deed with nothing but its own fields. */
function inText(deed: JointDeed) {
  if ('halts' in deed) return { halts: deed.halts };
  if ('campaign' in deed) {
    const campaign = campaignInText(deed.campaign);
    return deed.covers ? { campaign, covers: { unit: deed.covers.unit, group: deed.covers.group } } : { campaign };
  }
  const { from, to, groups, units, accounts, since, until } = deed.delegate;
  const delegate = { from, to, groups: [...groups], units: [...units], accounts: [...accounts], since, until };
  const { means } = deed;
  return means ? { delegate, means: { from: means.from, to: means.to, scope: scopeInText(means.scope) } } : { delegate };
}

/** What somebody signs who makes the letters of a campaign that they approved: all of them, or one person's anew. */
export function lettersStatement({ ceremony, account, notAfter }: Ceremony, { campaign, of, reason }: CampaignDeed) {
  return { v: 1, type: 'campaign/letters', account, nonce: ceremony, notAfter, campaign, of: of ?? null, reason } as const;
}

/** What somebody signs who closes a campaign before its time. */
export function closeCampaignStatement({ ceremony, account, notAfter }: Ceremony, { campaign, reason }: CampaignDeed) {
  return { v: 1, type: 'campaign/close', account, nonce: ceremony, notAfter, campaign, reason } as const;
}

export const CAMPAIGN_DEEDS = ['letters', 'close'] as const;
export interface CampaignDeed {
  campaign: string;
  /** GUID of the one person whose letter is made anew. */
  of?: string | undefined;
  reason: string;
}
