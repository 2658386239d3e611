import { isUnder } from './account.ts';
import type { RefusalCode } from './refusals.ts';

/** Who gets a letter: all who never held a factor, or only those of them who could not reset their password today. */
export const CAMPAIGN_WHOM = ['without-factor', 'could-not-reset'] as const;

/** So many people at most: each letter is handed to somebody, and each ticket costs the verifier some forty milliseconds. */
export const MOST_PEOPLE = 300;
/** A ticket on paper lives for so many days at most; for a shorter time than a day nobody prints letters. */
export const MOST_CAMPAIGN_DAYS = 60;
/** A second person has a day to approve: nothing is urgent about it. */
export const APPROVE_CAMPAIGN_SECONDS = 86_400;

const DAY_MS = 86_400_000;

/** An enrolment campaign as it was typed: for a unit and all below it (its DN), the members of a group (its name), or, with neither, everybody. */
export interface CampaignAsked {
  name: string;
  unit: string;
  group: string;
  whom: (typeof CAMPAIGN_WHOM)[number];
  /** The first moment at which its tickets are over, RFC 3339 UTC. */
  until: string;
}

/** What the directory means by it: the unit as it writes it, the group's SID; empty where none was named. */
export interface CampaignCovers {
  unit: string;
  group: string;
}

/** A campaign with nothing but its own fields, as both people sign it. */
export function campaignInText({ name, unit, group, whom, until }: CampaignAsked) {
  return { name, unit, group, whom, until };
}

/** Whether an account is one that the campaign is about. `members`: GUIDs of the group, when one is named. */
export function isCovered({ unit }: CampaignCovers, members: ReadonlySet<string> | undefined, one: { dn: string; guid: string }): boolean {
  return (unit === '' || isUnder(one.dn, unit)) && (members === undefined || members.has(one.guid));
}

/** Why a campaign cannot be made as it was asked, or undefined. `covers` is undefined when the directory knows no such unit or group. */
export function whyNotCampaign(
  { until }: CampaignAsked,
  { covers, people, now }: { covers: CampaignCovers | undefined; people: number; now: Date },
): RefusalCode | undefined {
  if (!covers) return 'campaign-scope-unknown';
  const left = Date.parse(until) - now.getTime();
  if (left < DAY_MS / 2 || left > MOST_CAMPAIGN_DAYS * DAY_MS) return 'campaign-until';
  if (people === 0) return 'campaign-nobody';
  return people > MOST_PEOPLE ? 'campaign-too-many' : undefined;
}

/** What is burned when a campaign is closed before its time: no edited row opens it again. */
export const campaignEnd = (campaign: string): string => `campaign-end:${campaign}`;
/** What is burned when its letters were printed. */
export const campaignLetters = (campaign: string): string => `campaign-letters:${campaign}`;
