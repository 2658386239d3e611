import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { CAMPAIGN_DEEDS } from '#domain/joint-act.ts';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import { ticketOfLetter } from '#prisma/campaign-ticket.ts';
import type { CampaignAnswer } from '#workflows/messages.ts';
import { campaignShown, campaignSummary, letters, type CampaignSummary } from './campaign-shapes.ts';
import { campaignPersons, countsOf, unitsOf } from './campaign-view.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { stateReason } from './decisions.ts';
import { ownFactor, sealedFactor } from './delegation-shapes.ts';
import { endpoint, signedIn, type Ask } from './endpoint.ts';
import { beginOfficerCeremony, officerCeremony } from './officer-ceremony.ts';
import { carryOut } from './sealed-deed.ts';
import { byId } from './shapes.ts';
import { reason } from './typed.ts';

const READERS = ['security-officer', 'administrator', 'auditor'] as const;
const MAKERS = ['security-officer', 'administrator'] as const;
/** Older ones are in the log for ever. */
const MOST = 100;
const refusals = [
  'not-found',
  'campaign-over',
  'keys-of-both-needed',
  'role-needed',
  'account-not-active',
  'recently-reset',
  'factors-replaced',
  'factor-not-accepted',
  'passkey-not-accepted',
  'passkey-not-verified',
  'passkey-synced',
  'ceremony-over',
  'service-unavailable',
  'too-many-requests',
] as const satisfies readonly RefusalCode[];
type Done = Extract<CampaignAnswer, { outcome: 'done' }>;
type Deed = { deed: (typeof CAMPAIGN_DEEDS)[number]; reason: string; by: z.infer<typeof ownFactor>; of?: string | undefined };

/** Enrolment campaigns. They are proposed and approved as joint acts; here they are shown, their letters made, and closed. */
export function campaignsEndpoints(deps: ConsoleDeps) {
  const { db, hash, admission } = deps;
  const summaries = async (account: string, where: object): Promise<{ summary: CampaignSummary; persons: Persons }[]> => {
    const rows = await db.campaign.findMany({ where, orderBy: { approvedAt: 'desc' }, take: MOST });
    const persons = await campaignPersons(
      db,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => {
      const some = persons.get(row.id) ?? [];
      const times = { until: row.until.toISOString(), approvedAt: row.approvedAt.toISOString() };
      const ends = { printedAt: row.printedAt?.toISOString() ?? null, endedAt: row.endedAt?.toISOString() ?? null };
      const state = campaignSummary.shape.state.parse(row.state);
      const summary = { id: row.id, name: row.name, state, ...times, ...ends, mine: row.approver === account, ...countsOf(some) };
      return { summary, persons: some };
    });
  };
  const done = async (ask: Ask<{ id: string }, unknown, unknown>, { deed, reason: stated, by, of }: Deed, seed?: string): Promise<Done> => {
    const session = signedIn(ask);
    const campaign = ask.params.id;
    if ((await db.campaign.count({ where: { id: campaign } })) === 0) throw new Refusal('not-found');
    await admission.step(`campaigns of ${session.account}`);
    const { digest } = await stateReason(db, hash, { approval: campaign, person: session.account, typed: stated });
    const more = { ...(of ? { of } : {}), ...(seed ? { seed } : {}) };
    const value = { account: session.account, campaign, deed, ...more, reason: digest, by: sealedFactor(by), source: ask.source };
    return carryOut<Done>(deps, 'campaignDeed', 'campaign-deed', { session, nonce: ask.nonce, value });
  };

  return {
    list: endpoint(
      {
        summary: 'Enrolment campaigns, the newest first',
        access: READERS,
        replies: { 200: { description: 'Campaigns that two people approved', schema: z.object({ items: z.array(campaignSummary) }) } },
        refusals: [],
      },
      async (ask) => {
        const items = (await summaries(signedIn(ask).account, {})).map(({ summary }) => summary);
        return { status: 200, body: { items } };
      },
    ),

    show: endpoint(
      {
        summary: 'One campaign: who has what, unit by unit, and who used their letter',
        access: READERS,
        params: byId,
        replies: { 200: { description: 'The campaign', schema: campaignShown } },
        refusals: ['not-found'],
      },
      async (ask) => {
        const [one] = await summaries(signedIn(ask).account, { id: ask.params.id });
        if (!one) throw new Refusal('not-found');
        return { status: 200, body: { ...one.summary, units: unitsOf(one.persons), persons: one.persons } };
      },
    ),

    begin: endpoint(
      {
        summary: 'Begin to make letters or to close a campaign with a key: what the browser is to ask it',
        access: MAKERS,
        params: byId,
        body: z.strictObject({ deed: z.enum(CAMPAIGN_DEEDS), reason }),
        replies: { 201: { description: 'A ceremony, good for one use within minutes', schema: officerCeremony } },
        refusals: ['too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { account } = signedIn(ask);
        await admission.step(`ceremonies of ${account}`);
        const about = ask.params.id;
        const purpose = `campaign/${ask.body.deed}/${about}`;
        return { status: 201, body: await beginOfficerCeremony(deps, { account, purpose, about, reason: ask.body.reason }) };
      },
    ),

    letters: endpoint(
      {
        summary: 'Make the letters of a campaign, or one of them anew: the tickets stand in this answer, this once',
        access: MAKERS,
        params: byId,
        body: z.strictObject({ of: z.uuid().optional(), reason, by: ownFactor }),
        replies: { 200: { description: 'The letters', schema: letters } },
        refusals: [...refusals, 'letters-second-person', 'letters-printed', 'letters-not-printed', 'letter-not-needed'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { id } = ask.params;
        const session = signedIn(ask);
        // Sent again with the same key because no answer came, the same request shows the same letters; no other one ever does.
        const seed = (ask.repeatable ? hash('campaign-letters', session.id, ask.nonce, id) : randomBytes(32)).toString('base64url');
        const { tickets } = await done(ask, { ...ask.body, deed: 'letters' }, seed);
        const row = await db.campaign.findUniqueOrThrow({ where: { id }, select: { name: true, until: true } });
        const persons = ((await campaignPersons(db, [id])).get(id) ?? []).filter(({ account }) => tickets.includes(account));
        const made = persons.map(({ account, accountName, name, unit }) => {
          return { name, accountName, unit, ticket: ticketOfLetter(seed, id, account) };
        });
        return { status: 200, body: { campaign: row.name, until: row.until.toISOString(), letters: made } };
      },
    ),

    close: endpoint(
      {
        summary: 'Close a campaign before its time: every unused ticket dies at once',
        access: MAKERS,
        params: byId,
        body: z.strictObject({ reason, by: ownFactor }),
        replies: { 200: { description: 'Closed', schema: z.object({ id: z.string(), message: z.string() }) } },
        refusals,
      },
      async (ask) => {
        const { campaign } = await done(ask, { ...ask.body, deed: 'close' });
        return {
          status: 200,
          body: { id: campaign, message: 'The campaign is closed. Letters that were not used are worth nothing now.' },
        };
      },
    ),
  };
}

type Persons = z.infer<typeof campaignShown>['persons'];
