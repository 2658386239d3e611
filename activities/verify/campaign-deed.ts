import type { CampaignAnswer } from '#activities/campaign-contract.ts';
import type { DeedAsked } from '#activities/contract.ts';
import { campaignEnd } from '#domain/campaign.ts';
import { closeCampaignStatement, lettersStatement, OFFICER_TAG } from '#domain/joint-act.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { LeafType } from '#domain/leaf-types.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { readCampaign, type ApprovedCampaign } from '#prisma/campaign-text.ts';
import { policyInForce } from '#prisma/policies.ts';
import { whyNotForCampaigns } from './campaign-kind.ts';
import { lettersFor, storeLetters, whyNoLetters } from './campaign-letters.ts';
import { confirmedDeed } from './confirmed-deed.ts';
import type { VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { whyCoolingOff } from './last-changes.ts';
import { databaseTime, isBurned } from './once.ts';
import { ownDeed } from './own-deed.ts';

type Done = Extract<CampaignAnswer, { outcome: 'done' }>;
type Effect = { leaf: LeafType; do: Record<string, Json>; tickets: string[]; consumed: readonly string[] };

/**
 * What is done with a campaign that two people approved. Its letters are made by whoever approved it, with their own key: all of
 * them once, and later one person's anew, by which the one before counts no more. Any administrator or officer closes it before its
 * time, also with a code: it only takes away. Refused with `campaign-over` when it ended, or when two people did not sign it.
 */
export async function campaignDeed(deps: VerifierDeps, { request, account, sealed }: DeedAsked): Promise<CampaignAnswer> {
  return ownDeed<'campaign-deed', Done>(
    deps,
    { purpose: 'campaign-deed', subject: request, updateId: ONLY, sealed, account },
    { type: 'campaign.refused', do: { campaign: null, deed: null } },
    async (typed, person) => {
      const { policy } = await policyInForce(deps.db);
      const { campaign: id, deed, of, reason } = typed;
      const approved = await approvedCampaign(deps, id);
      const why = await whyNotForCampaigns(deps, person);
      // Hashing takes a while for many, so it is done before anybody has to wait for this campaign.
      const letters = deed === 'letters' && approved && !why ? await lettersFor(deps, approved, typed) : [];
      const act = async (tx: Transaction) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`campaign\n${id}`}, 0))`;
        const now = await databaseTime(tx);
        const refusal =
          why ??
          (await whyCoolingOff(tx, account, now, policy)) ??
          (await whyOver(tx, approved, now)) ??
          (approved && deed === 'letters' ? await whyNoLetters(tx, approved, { typed, letters }) : undefined);
        if (refusal || !approved) return { refusal: refusal ?? ('campaign-over' as const) };
        const said = { campaign: id, of, reason };
        const by = await confirmedDeed(tx, deps, {
          account,
          subject: request,
          policy,
          by: typed.by,
          tag: OFFICER_TAG,
          purpose: `campaign/${deed}/${id}`,
          source: typed.source,
          statement: (ceremony) => (deed === 'letters' ? lettersStatement(ceremony, said) : closeCampaignStatement(ceremony, said)),
        });
        if ('refusal' in by) return by;
        const effect = deed === 'letters' ? await storeLetters(tx, deps, approved, { typed, letters }) : await close(tx, id);
        const signed = by.signed ? { signed: by.signed } : {};
        const leaf = { type: effect.leaf, do: { ...effect.do, campaign: id, reason, ...signed } };
        const answer = { outcome: 'done' as const, campaign: id, tickets: effect.tickets };
        return { answer, leaf, by: { method: by.method, credential: by.credential, consumed: [by.consumed, ...effect.consumed] } };
      };
      return { about: { do: { campaign: id, deed } }, act };
    },
  );
}

/** The campaign as two people signed it; rows by another hand are none. */
async function approvedCampaign({ db, keys, relyingParty }: VerifierDeps, id: string): Promise<ApprovedCampaign | undefined> {
  const row = await db.jointAct.findUnique({ where: { id }, select: { body: true, signature: true } });
  if (!row?.body || !row.signature) return undefined;
  const read = readCampaign(row.body, row.signature, keys.checking, relyingParty);
  return read?.id === id ? read : undefined;
}

async function whyOver(tx: Transaction, approved: ApprovedCampaign | undefined, now: Date): Promise<RefusalCode | undefined> {
  const isOpen = approved && Date.parse(approved.campaign.until) > now.getTime() && !(await isBurned(tx, campaignEnd(approved.id)));
  return isOpen ? undefined : 'campaign-over';
}

/** Every ticket that was not used counts no more, whatever its row is edited to later. */
async function close(tx: Transaction, id: string): Promise<Effect> {
  const used = await tx.code.count({ where: { campaignId: id, NOT: { usedAt: null } } });
  const died = await tx.$executeRaw`
    UPDATE code SET expires_at = clock_timestamp() WHERE campaign_id = ${id}::uuid AND used_at IS NULL AND expires_at > clock_timestamp()`;
  await tx.campaign.updateMany({ where: { id }, data: { state: 'closed', endedAt: await databaseTime(tx) } });
  return { leaf: 'campaign.closed', do: { used, died }, tickets: [], consumed: [campaignEnd(id)] };
}
