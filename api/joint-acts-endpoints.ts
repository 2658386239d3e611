import { z } from 'zod';
import type { Halt } from '#domain/halt.ts';
import { JOINT_ACT_SECONDS } from '#domain/joint-act.ts';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import type { JointActAnswer } from '#workflows/messages.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { stateReason } from './decisions.ts';
import { delegationRefusals, ownFactor, sealedFactor } from './delegation-shapes.ts';
import { endpoint, signedIn, type Ask } from './endpoint.ts';
import { halts, jointAct, jointActView, jointDeed } from './joint-act-shapes.ts';
import { reasonsOf } from './joint-act-reasons.ts';
import { beginOfficerCeremony, officerCeremony } from './officer-ceremony.ts';
import { carryOut } from './sealed-deed.ts';
import { byId } from './shapes.ts';
import { reason } from './typed.ts';

const told = z.object({ id: z.string(), message: z.string() });
const deed = z.strictObject({ deed: jointDeed, reason, by: ownFactor });
type Done = Extract<JointActAnswer, { outcome: 'done' }>;
const refusals = [
  'factor-not-accepted',
  'passkey-not-accepted',
  'passkey-not-verified',
  'passkey-synced',
  'ceremony-over',
  'keys-of-both-needed',
  'officer-needed',
  'delegator-not-found',
  'delegator-cannot-decide',
  'officer-is-delegator',
  'officer-is-delegate',
  'officer-is-claimant',
  ...delegationRefusals,
  'approver-not-active',
  'recently-reset',
  'factors-replaced',
  'service-unavailable',
  'role-needed',
  'account-not-active',
  'campaign-scope-unknown',
  'campaign-until',
  'campaign-nobody',
  'campaign-too-many',
  'too-many-requests',
] as const satisfies readonly RefusalCode[];
/** Administrators have a part in campaigns only; the verifier judges who acts. */
const ACTORS = ['security-officer', 'administrator'] as const;
/** The newest are enough to see what is open and what stands; all of them are in the log. */
const MOST = 50;

export interface JointActDeps extends ConsoleDeps {
  haltNow: () => Promise<Halt>;
}

/** What two security officers do together: one proposes, another confirms. Whether it counts is said by the verifier. */
export function jointActsEndpoints(deps: JointActDeps) {
  const { db, hash, admission, haltNow } = deps;
  /** Seals what the officer does, has the verifier judge it once, and answers with the act's id. */
  const done = async (ask: Ask<unknown, unknown, z.infer<typeof deed>>, act: string | undefined): Promise<string> => {
    const session = signedIn(ask);
    const { deed: what, reason: stated, by } = ask.body;
    await admission.step(`joint acts of ${session.account}`);
    const about = act ?? ('totp' in by ? ask.nonce : by.ceremony);
    const { digest } = await stateReason(db, hash, { approval: about, person: session.account, typed: stated });
    const which = act === undefined ? { deed: 'propose' } : { deed: 'confirm', act };
    const value = { account: session.account, ...which, what, reason: digest, by: sealedFactor(by), source: ask.source };
    const workflow = act === undefined ? 'proposeJointAct' : 'confirmJointAct';
    return (await carryOut<Done>(deps, workflow, 'joint-act', { session, nonce: ask.nonce, value })).act;
  };

  return {
    list: endpoint(
      {
        summary: 'What two people do together, newest first, and what is halted now',
        access: ['security-officer', 'auditor', 'administrator'],
        replies: { 200: { description: 'Open ones before all others', schema: z.object({ halted: halts, items: z.array(jointAct) }) } },
        refusals: [],
      },
      async (ask) => {
        const session = signedIn(ask);
        const rows = await db.jointAct.findMany({ orderBy: { proposedAt: 'desc' }, take: MOST, omit: { body: true, signature: true } });
        const ids = rows.map(({ id }) => id);
        const stated = await reasonsOf(db, ids, MOST);
        const items = rows.map((row) => jointActView(row, session, stated.get(row.id) ?? []));
        const open = (item: z.infer<typeof jointAct>): number => Number(item.state === 'proposed');
        return { status: 200, body: { halted: await haltNow(), items: items.toSorted((a, b) => open(b) - open(a)) } };
      },
    ),

    begin: endpoint(
      {
        summary: 'Begin to propose or to confirm with a key: what the browser is to ask it',
        access: ACTORS,
        body: z.strictObject({ confirm: z.uuid().optional(), reason }),
        replies: { 201: { description: 'A ceremony, good for one use within minutes', schema: officerCeremony } },
        refusals: ['too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { account } = signedIn(ask);
        await admission.step(`ceremonies of ${account}`);
        const { confirm: about, reason: stated } = ask.body;
        const purpose = about === undefined ? 'joint-act/propose' : `joint-act/confirm/${about}`;
        return { status: 201, body: await beginOfficerCeremony(deps, { account, purpose, about, reason: stated }) };
      },
    ),

    propose: endpoint(
      {
        summary: 'Propose what two officers do together; another officer has to confirm it',
        access: ACTORS,
        body: deed,
        replies: { 201: { description: 'Proposed; nothing is changed yet', schema: told } },
        refusals,
      },
      async (ask) => {
        const message =
          'campaign' in ask.body.deed
            ? 'Your campaign is recorded. Nobody gets a letter before another administrator or security officer approves it within a day.'
            : `Your proposal is recorded. It takes effect when another security officer confirms it within ${JOINT_ACT_SECONDS / 60} minutes.`;
        return { status: 201, body: { id: await done(ask, undefined), message } };
      },
    ),

    confirm: endpoint(
      {
        summary: 'Confirm what another officer has proposed, as it was shown',
        access: ACTORS,
        params: byId,
        body: deed,
        replies: { 200: { description: 'It is in force', schema: told } },
        refusals: [...refusals, 'not-found', 'joint-act-closed', 'second-officer-needed', 'campaign-own'],
      },
      async (ask) => {
        const row = await db.jointAct.findUnique({ where: { id: ask.params.id }, select: { id: true } });
        if (!row) throw new Refusal('not-found');
        return { status: 200, body: { id: await done(ask, row.id), message: 'Confirmed by both of you. It is in force now.' } };
      },
    ),
  };
}
