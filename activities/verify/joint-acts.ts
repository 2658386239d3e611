import { createHash } from 'node:crypto';
import { takeHaltTurn } from '#activities/halt-turn.ts';
import type { DeedAsked, JointActAnswer } from '#activities/contract.ts';
import { samePerson, type AccountFacts } from '#domain/account.ts';
import { confirmStatement, OFFICER_TAG, proposeStatement } from '#domain/joint-act.ts';
import type { OfficerPart } from '#domain/attestation.ts';
import type { LeafType } from '#domain/leaf-types.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { signStatement } from '#evidence/attestation.ts';
import type { Transaction } from '#db';
import { proposedBody, readProposal, type Proposal } from '#prisma/joint-act-text.ts';
import { policyInForce } from '#prisma/policies.ts';
import { confirmedDeed } from './confirmed-deed.ts';
import type { VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { jointKind, type JointKind } from './joint-kind.ts';
import { whyCoolingOff } from './last-changes.ts';
import { databaseTime } from './once.ts';
import { ownDeed, type Confirmed, type Refused } from './own-deed.ts';
import { withAccounts, type Person } from './people.ts';
import type { Typed } from './typed.ts';

type Done = Extract<JointActAnswer, { outcome: 'done' }>;

/** One security officer (of a campaign also an administrator) proposes what two do together; nothing changes before another one confirms it. */
export async function proposeJointAct(deps: VerifierDeps, asked: DeedAsked): Promise<JointActAnswer> {
  return asOfficer(deps, asked, 'propose', async (typed, { kind }) => {
    // Signed with a key, the ceremony is the act's id: what was signed cannot be carried to another.
    const id = 'ceremony' in typed.by ? typed.by.ceremony : asked.request;
    return {
      id,
      others: [],
      whyNot: async () => undefined,
      purpose: 'joint-act/propose',
      statement: (ceremony) => proposeStatement(ceremony, { deed: kind.proposes, reason: typed.reason }),
      store: async (tx, part, officer) => {
        const expires = new Date(Date.parse(part.at) + kind.seconds * 1000);
        const body = { v: 2, kind: `${kind.row.kind}-proposed`, id, ...kind.body, proposed: part, expires: expires.toISOString() };
        const { text, signature } = signStatement(body, deps.keys.signing);
        await tx.jointAct.create({
          data: {
            ...kind.row,
            id,
            state: 'proposed',
            proposal: text,
            proposalSignature: new Uint8Array(signature),
            proposer: part.person,
            proposerName: officer.displayName,
            proposedAt: part.at,
            expiresAt: expires,
          },
          select: { id: true },
        });
        return { type: 'joint-act.proposed', facts: { expires: expires.toISOString(), signed: sha256(text) } };
      },
    };
  });
}

/**
 * Another security officer confirms what was proposed, as it was shown to them; from then on it stands. Both have to be
 * officers now, and two people, neither of whom was reset or given other factors lately.
 */
export async function confirmJointAct(deps: VerifierDeps, asked: DeedAsked): Promise<JointActAnswer> {
  return asOfficer(deps, asked, 'confirm', async (typed, { kind, officer, policy }) => {
    const id = typed.act ?? asked.request;
    const row = await deps.db.jointAct.findUnique({ where: { id } });
    const proposal = row ? readProposal(row.proposal, row.proposalSignature, deps.keys.checking) : undefined;
    const proposer = proposal && (await deps.people.read(proposal.proposed.person));
    const whole = await withAccounts(deps.people, policy.identities, [proposer, officer]);
    const isOnePerson = proposer !== undefined && officer !== undefined && samePerson(whole(proposer), whole(officer));
    const isOpen = proposal?.id === id && isAsShown(proposal, kind) && (await kind.whyNotThem(proposer)) === undefined;
    return {
      id,
      others: proposer ? [proposer] : [],
      whyNot: async (tx, now) => {
        const state = await tx.jointAct.findUnique({ where: { id }, select: { state: true } });
        if (!isOpen || !proposer || state?.state !== 'proposed' || Date.parse(proposal.expires) < now.getTime()) return 'joint-act-closed';
        if (isOnePerson) return kind.ownAct;
        return proposal.proposed.method === 'totp' && (await kind.needsKeys(tx)) ? 'keys-of-both-needed' : undefined;
      },
      purpose: `joint-act/confirm/${id}`,
      statement: (ceremony) =>
        confirmStatement(ceremony, { act: id, proposer: proposal?.proposed.person ?? '', deed: kind.confirms, reason: typed.reason }),
      store: async (tx, part, second) => {
        if (!proposal || !proposer) throw new Error('an act without a proposal was confirmed');
        const confirmed = { ...part, at: await kind.moment(tx, part.at) };
        const { proposed } = proposal;
        const { text, signature } = signStatement({ v: 2, kind: kind.row.kind, id, ...kind.body, proposed, confirmed }, deps.keys.signing);
        const shown = { confirmer: part.person, confirmerName: second.displayName, confirmedAt: confirmed.at };
        const data = { state: 'confirmed', body: text, signature: new Uint8Array(signature), ...shown };
        await tx.jointAct.updateMany({ where: { id }, data });
        const effect = await kind.takeEffect(tx, { id, proposed, confirmed, officers: [proposer, second] });
        return { type: 'joint-act.confirmed', facts: { proposer: proposed.person, signed: sha256(text), ...effect } };
      },
    };
  });
}

type Leaf = { type: LeafType; do: Record<string, Json> };

interface Half {
  id: string;
  others: Person[];
  whyNot: (tx: Transaction, now: Date) => Promise<RefusalCode | undefined>;
  purpose: string;
  statement: (
    ceremony: Parameters<typeof proposeStatement>[0],
  ) => ReturnType<typeof proposeStatement> | ReturnType<typeof confirmStatement>;
  store: (
    tx: Transaction,
    part: OfficerPart,
    officer: Person,
  ) => Promise<{ type: 'joint-act.proposed' | 'joint-act.confirmed'; facts: Record<string, Json> }>;
}

/** What both halves have in common: who is an officer, their own key or code, the limits, and one act after the other. */
async function asOfficer(
  deps: VerifierDeps,
  { request, account, sealed }: DeedAsked,
  which: 'propose' | 'confirm',
  halfOf: (typed: Typed<'joint-act'>, of: { kind: JointKind; officer: Person | undefined; policy: Policy }) => Promise<Half>,
): Promise<JointActAnswer> {
  return ownDeed<'joint-act', Done>(
    deps,
    { purpose: 'joint-act', subject: request, updateId: ONLY, sealed, account },
    { type: 'joint-act.refused' },
    async (typed, officer) => {
      const { policy } = await policyInForce(deps.db);
      const kind = await jointKind(deps, typed.what);
      const half = await halfOf(typed, { kind, officer, policy });
      const officers: AccountFacts[] = officer ? [officer, ...half.others] : half.others;
      // Read before the turn: an emergency stop and every writer wait for that, and a directory may be slow.
      const whyNotKind = await kind.whyNot(officers);
      const why = typed.deed === which ? await kind.whyNotThem(officer) : 'service-unavailable';
      const about = { ...kind.about, do: { act: half.id, ...kind.about.do, reason: typed.reason } };
      const act = async (tx: Transaction): Promise<Refused | { answer: Done; leaf: Leaf; by: Confirmed }> => {
        await takeHaltTurn(tx, 'an act');
        const now = await databaseTime(tx);
        const refusal =
          why ??
          (await whyCoolingOff(tx, account, now, policy)) ??
          (await half.whyNot(tx, now)) ??
          (await whyNotKind(tx, now)) ??
          ('totp' in typed.by && (await kind.needsKeys(tx)) ? 'keys-of-both-needed' : undefined);
        if (refusal || !officer) return { refusal: refusal ?? 'officer-needed' };
        const deed = {
          account,
          subject: request,
          policy,
          by: typed.by,
          tag: OFFICER_TAG,
          purpose: half.purpose,
          statement: half.statement,
          source: typed.source,
        };
        const by = await confirmedDeed(tx, deps, deed);
        if ('refusal' in by) return by;
        const { method, credential, signed } = by;
        const part = { person: account, reason: typed.reason, method, credential, at: now.toISOString(), ...(signed ? { signed } : {}) };
        const { type, facts } = await half.store(tx, part, officer);
        return { answer: { outcome: 'done', act: half.id }, leaf: { type, ...about, do: { ...about.do, ...facts } }, by };
      };
      return { about, act };
    },
  );
}

/** Whether the second officer was shown just what the first proposed, and the directory still says the same of it. */
function isAsShown(proposal: Proposal, kind: JointKind): boolean {
  return canonical(proposedBody(proposal)) === canonical(kind.body);
}

/** By which the leaf names the text that was signed. */
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
