import { randomBytes, randomUUID } from 'node:crypto';
import type { CampaignAsked } from '#domain/campaign.ts';
import { closeCampaignStatement, lettersStatement, OFFICER_TAG } from '#domain/joint-act.ts';
import { ticketOfLetter } from '#prisma/campaign-ticket.ts';
import { assertionOf, begun, keyOf, PAGE } from './keys.ts';
import { confirm, propose, REASON, type Officer } from './officers.ts';
import { enrolled, person, seal, type World } from './world.ts';

export const TELLERS = 'OU=Tellers,DC=bank,DC=test';
const DAY = 86_400_000;

export async function administrator(world: World, name: string, facts: object = {}): Promise<Officer> {
  const who = await enrolled(world, person(name, { groups: ['S-CS-Administrators'], ...facts }), 9);
  return { ...who, key: await keyOf(world, who) };
}

/** Somebody of a unit who has nothing yet. */
export function newcomer(world: World, name: string, unit = TELLERS) {
  const who = person(name, { dn: `CN=${name},${unit}` });
  world.directory.set(who.guid, who);
  return who;
}

export const campaignOf = (more: Partial<CampaignAsked> = {}): { campaign: CampaignAsked } => ({
  campaign: {
    name: 'Tellers',
    unit: TELLERS,
    group: '',
    whom: 'without-factor',
    until: new Date(Date.now() + 14 * DAY).toISOString(),
    ...more,
  },
});

/** Made by one and approved by another; answers its id, or why not. */
export async function made(world: World, [one, two]: readonly [Officer, Officer], more: Partial<CampaignAsked> = {}): Promise<string> {
  const deed = campaignOf(more);
  const { act, said } = await propose(world, one, deed);
  if (said !== 'done') return said;
  const confirmed = await confirm(world, two, act, deed);
  return confirmed === 'done' ? act : confirmed;
}

interface How {
  of?: string;
  request?: string;
  seed?: string;
  /** What is signed names another campaign or person. */
  signs?: { campaign?: string; of?: string };
}

async function deed(world: World, who: Officer, campaign: string, what: 'letters' | 'close', how: How) {
  const request = how.request ?? randomUUID();
  const seed = how.seed ?? randomBytes(32).toString('base64url');
  const ceremony = await begun(world, who, `campaign/${what}/${campaign}`);
  const said = { campaign, of: how.of, reason: REASON, ...how.signs };
  const statement = what === 'letters' ? lettersStatement(ceremony, said) : closeCampaignStatement(ceremony, said);
  const by = { ceremony: ceremony.ceremony, assertion: assertionOf(who.key, statement, PAGE, OFFICER_TAG) };
  const more = { ...(how.of ? { of: how.of } : {}), ...(what === 'letters' ? { seed } : {}) };
  const value = { account: who.guid, campaign, deed: what, ...more, reason: REASON, by };
  const sealed = await seal(world, 'campaign-deed', request, value);
  const answer = await world.verifier.campaignDeed({ request, account: who.guid, sealed });
  return { answer, seed };
}

/** Makes letters; answers the ticket of each account by its GUID, or why there are none. */
export async function letters(world: World, who: Officer, campaign: string, how: How = {}): Promise<Map<string, string> | string> {
  const { answer, seed } = await deed(world, who, campaign, 'letters', how);
  if (answer.outcome === 'refused') return answer.code;
  return new Map(answer.tickets.map((account) => [account, ticketOfLetter(seed, campaign, account)]));
}

export async function close(world: World, who: Officer, campaign: string, how: How = {}): Promise<string> {
  const { answer } = await deed(world, who, campaign, 'close', how);
  return answer.outcome === 'refused' ? answer.code : 'done';
}

/** The ticket of one account of a campaign whose letters are made here. */
export async function ticketOf(world: World, approver: Officer, campaign: string, account: { guid: string }): Promise<string> {
  const made = await letters(world, approver, campaign);
  const ticket = typeof made === 'string' ? undefined : made.get(account.guid);
  if (!ticket) throw new Error(`no letter: ${typeof made === 'string' ? made : 'for this account'}`);
  return ticket;
}
