import { createHash } from 'node:crypto';
import { APPROVE_CAMPAIGN_SECONDS, campaignInText, whyNotCampaign, type CampaignAsked } from '#domain/campaign.ts';
import { parentOf } from '#domain/account.ts';
import { policyInForce } from '#prisma/policies.ts';
import { campaignCovers, campaignPeople, campaignPersonBody } from './campaign-people.ts';
import type { VerifierDeps } from './deps.ts';
import type { JointKind } from './joint-kind.ts';
import { whyNotOfficer } from './officers.ts';
import { whyNotAdministrator } from './administrators.ts';
import type { Person } from './people.ts';
import { signRow } from './row-signature.ts';

/** What is shown of an act that covers nothing: it is refused, and so nobody signs it. */
const NOWHERE = { unit: '', group: '' };

/** An administrator or a security officer, by the directory as it is now; undefined when they are one. */
export async function whyNotForCampaigns(deps: VerifierDeps, person: Person | undefined) {
  return (await whyNotOfficer(deps, person)) && (await whyNotAdministrator(deps, person));
}

/**
 * An enrolment campaign, which one administrator or security officer makes and another one approves, both with their keys.
 * Whom it is about is looked up when it is proposed, so that nobody approves an empty one, and again when it is approved: from
 * then on it names people. No ticket exists before their letters are made (campaign-deed.ts).
 */
export async function campaignKind(deps: VerifierDeps, typed: CampaignAsked): Promise<JointKind> {
  const campaign = campaignInText(typed);
  const covers = await campaignCovers(deps, typed);
  const { policy } = await policyInForce(deps.db);
  const people = covers ? await campaignPeople(deps, policy, typed, covers) : [];
  const shown = { people: people.length, names: people.slice(0, 20).map(({ displayName }) => displayName) };
  const facts = { unit: covers?.unit ?? '', group: covers?.group ?? '', whom: typed.whom, until: typed.until, people: people.length };
  return {
    proposes: { campaign },
    confirms: { campaign, covers: covers ?? NOWHERE },
    whyNotThem: (person) => whyNotForCampaigns(deps, person),
    ownAct: 'campaign-own',
    seconds: APPROVE_CAMPAIGN_SECONDS,
    row: { kind: 'campaign', subject: typed.name, shown },
    body: { campaign, covers: { ...(covers ?? NOWHERE) } },
    about: { do: { kind: 'campaign', ...facts } },
    whyNot: async () => async (_, now) => whyNotCampaign(typed, { covers, people: people.length, now }),
    needsKeys: async () => true,
    moment: async (_, now) => now,
    async takeEffect(tx, { id, confirmed }) {
      const { name, until } = campaign;
      const made = { id, name, until, state: 'approved', approver: confirmed.person, approvedAt: confirmed.at };
      await tx.campaign.create({ data: made, select: { id: true } });
      const rows = people.map(({ guid, dn, samAccountName, displayName }) => {
        const whose = { campaignId: id, accountGuid: guid };
        const asNow = { accountName: samAccountName, displayName, unit: parentOf(dn) ?? '' };
        return { ...whose, ...asNow, signature: signRow(deps.keys, campaignPersonBody(whose)) };
      });
      await tx.campaignPerson.createMany({ data: rows });
      return { campaign: id, people_sha256: digestOf(people.map(({ guid }) => guid)) };
    },
  };
}

/** By which the leaf names all whom the campaign is about: SHA-256 of their GUIDs in order, one a line. */
function digestOf(guids: readonly string[]): string {
  return createHash('sha256').update(guids.toSorted().join('\n')).digest('hex');
}
