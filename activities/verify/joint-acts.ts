import { createHash } from 'node:crypto';
import { takeHaltTurn } from '#activities/halt-turn.ts';
import type { JointActAnswer, JointActAsked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { samePerson } from '#domain/account.ts';
import { JOINT_ACT_SECONDS, newestAct, type Halt } from '#domain/halt.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { LeafOutcome, LeafType } from '#domain/leaf-types.ts';
import type { Json } from '#evidence/jcs.ts';
import { signStatement } from '#evidence/attestation.ts';
import type { Transaction } from '#db';
import { readHaltProposal, type ConfirmedHalt, type HaltProposal } from '#prisma/joint-act-text.ts';
import { signedHalts } from '#prisma/joint-acts.ts';
import { policyInForce } from '#prisma/policies.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { lastChanges } from './last-changes.ts';
import { whyNotOfficer } from './officers.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { byOwnCode } from './own-code.ts';
import type { Person } from './people.ts';
import { fromWhere, type Typed } from './typed.ts';

interface Deed {
  asked: JointActAsked;
  officer: Person | undefined;
  typed: Typed<'joint-act'> | undefined;
}

/** One security officer proposes what is halted from now on; nothing changes before another one confirms it. */
export async function proposeJointAct(deps: VerifierDeps, asked: JointActAsked): Promise<JointActAnswer> {
  return asOfficer(
    deps,
    asked,
    'propose',
    async () => undefined,
    async (tx, deed, { by, officer, at }) => {
      const expires = new Date(at.getTime() + JOINT_ACT_SECONDS * 1000);
      const body: HaltProposal = {
        v: 1,
        kind: 'halt-proposed',
        id: asked.act,
        halts: asked.halts,
        proposed: by,
        expires: expires.toISOString(),
      };
      const { text, signature } = signStatement(body, deps.keys.signing);
      await tx.jointAct.create({
        data: {
          id: asked.act,
          kind: 'halt',
          subject: asked.halts,
          state: 'proposed',
          proposal: text,
          proposalSignature: new Uint8Array(signature),
          proposer: asked.officer,
          proposerName: officer.displayName,
          proposedAt: at,
          expiresAt: expires,
        },
        select: { id: true },
      });
      await leaf(tx, deed, 'joint-act.proposed', 'success', { by, do: { expires: expires.toISOString(), ...named(text) } });
    },
  );
}

/**
 * Another security officer confirms what was proposed, as it was shown to them; from then on it stands. Both have to be
 * officers now, and two people. The act is dated later than every act before it, whatever the clock says.
 */
export async function confirmJointAct(deps: VerifierDeps, asked: JointActAsked): Promise<JointActAnswer> {
  const row = await deps.db.jointAct.findUnique({ where: { id: asked.act } });
  const proposal = row ? readHaltProposal(row.proposal, row.proposalSignature, deps.keys.checking) : undefined;
  const proposer = proposal && (await deps.people.read(proposal.proposed.person));
  const proposerMay = proposer !== undefined && (await whyNotOfficer(deps, proposer)) === undefined;

  const whyNot = async (tx: Transaction, officer: Person, now: Date): Promise<RefusalCode | undefined> => {
    const state = await tx.jointAct.findUnique({ where: { id: asked.act }, select: { state: true } });
    if (proposal?.id !== asked.act || proposal.halts !== asked.halts || state?.state !== 'proposed') return 'joint-act-closed';
    if (!proposerMay || Date.parse(proposal.expires) < now.getTime()) return 'joint-act-closed';
    return samePerson(proposer, officer) ? 'second-officer-needed' : undefined;
  };
  return asOfficer(deps, asked, 'confirm', whyNot, async (tx, deed, { by, officer, at }) => {
    if (!proposal) throw new Error('an act without a proposal was confirmed');
    const before = newestAct(await signedHalts(tx, deps.keys.checking));
    const moment = new Date(Math.max(at.getTime(), before ? Date.parse(before.at) + 1 : 0));
    const body: ConfirmedHalt = {
      v: 1,
      kind: 'halt',
      id: proposal.id,
      halts: proposal.halts,
      proposed: proposal.proposed,
      confirmed: { ...by, at: moment.toISOString() },
    };
    const { text, signature } = signStatement(body, deps.keys.signing);
    await tx.jointAct.updateMany({
      where: { id: asked.act },
      data: {
        state: 'confirmed',
        body: text,
        signature: new Uint8Array(signature),
        confirmer: asked.officer,
        confirmerName: officer.displayName,
        confirmedAt: moment,
      },
    });
    await leaf(tx, deed, 'joint-act.confirmed', 'success', { by, do: { proposer: proposal.proposed.person, ...named(text) } });
  });
}

type Part = HaltProposal['proposed'];

/** What both halves have in common: who is an officer, their own factor, the limits, the refusals, once. */
async function asOfficer(
  deps: VerifierDeps,
  asked: JointActAsked,
  deed: 'propose' | 'confirm',
  whyNot: (tx: Transaction, officer: Person, now: Date) => Promise<RefusalCode | undefined>,
  act: (tx: Transaction, deed: Deed, done: { by: Part; officer: Person; at: Date }) => Promise<void>,
): Promise<JointActAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<JointActAnswer>(deps, attempt);
  if (earlier) return earlier;
  const opened = await openTyped(deps, 'joint-act', asked.sealed, asked.request);
  const typed = opened && isSame(opened, asked, deed) ? opened : undefined;
  const { policy } = await policyInForce(deps.db);
  const officer = await deps.people.read(asked.officer);
  const why = await whyNotOfficer(deps, officer);
  const mine: Deed = { asked, officer, typed };

  return once<JointActAnswer>(deps, attempt, async (tx) => {
    await takeHaltTurn(tx, 'an act');
    const at = await databaseTime(tx);
    const refusal = why ?? (await whyCoolingOff(tx, asked.officer, at, policy)) ?? (officer && (await whyNot(tx, officer, at)));
    if (refusal || !officer) return { outcome: await refuse(tx, mine, refusal ?? 'officer-needed') };
    const passed = await byOwnCode(tx, deps, { account: asked.officer, subject: asked.request, policy }, typed?.value);
    if ('refusal' in passed) return { outcome: await refuse(tx, mine, passed.refusal) };
    const { method, credential, consumed } = passed;
    await act(tx, mine, { by: { person: asked.officer, reason: asked.reason, method, credential, at: at.toISOString() }, officer, at });
    return { outcome: { outcome: 'done' }, consumed };
  });
}

/** Whoever took an officer over would have reset them, or given them other factors, shortly before. */
async function whyCoolingOff(tx: Transaction, officer: string, now: Date, { timers }: Policy): Promise<RefusalCode | undefined> {
  const isRecent = (at: Date | undefined): boolean => at !== undefined && now.getTime() - at.getTime() < timers.coolingOff * 1000;
  const { lastOwnReset, lastFactorChange } = (await lastChanges(tx, [officer]))(officer);
  if (isRecent(lastOwnReset)) return 'recently-reset';
  return isRecent(lastFactorChange) ? 'factors-replaced' : undefined;
}

/** The officer sealed what they did; a worker that asks for anything else gets what a wrong code gets. */
function isSame(typed: Typed<'joint-act'>, asked: JointActAsked, deed: 'propose' | 'confirm'): boolean {
  const { act, halts, officer, reason } = asked;
  return typed.deed === deed && typed.act === act && typed.halts === halts && typed.officer === officer && typed.reason === reason;
}

async function refuse(tx: Transaction, deed: Deed, code: RefusalCode): Promise<JointActAnswer> {
  await leaf(tx, deed, 'joint-act.refused', 'denied', { reason: code });
  return { outcome: 'refused', code };
}

async function leaf(
  tx: Transaction,
  { asked, officer, typed }: Deed,
  type: LeafType,
  outcome: LeafOutcome,
  more: { by?: Part; reason?: string; do?: Record<string, Json> },
): Promise<void> {
  const facts: { act: string; kind: 'halt'; halts: Halt } = { act: asked.act, kind: 'halt', halts: asked.halts };
  const auth = more.by && ({ method: more.by.method, aal: '2', cred: more.by.credential } as const);
  await recordLeaf(
    tx,
    {
      type,
      outcome,
      actor: { type: 'person', guid: asked.officer, sid: officer?.sid ?? null, ...(auth ? { auth } : {}) },
      ...(more.reason ? { reason: more.reason } : {}),
      do: { ...facts, reason: asked.reason, ...more.do },
      ...fromWhere(typed),
    },
    VERIFIER,
  );
}

/** By which the leaf names the text that was signed. */
function named(text: string): { signed: string } {
  return { signed: createHash('sha256').update(text).digest('hex') };
}
