import { z } from 'zod';
import type { Database, Prisma } from '#db';
import { HALTS, JOINT_ACT_SECONDS, type Halt } from '#domain/halt.ts';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import type { JointActAnswer, JointActAsked } from '#workflows/messages.ts';
import type { Admission } from './admission.ts';
import { stateReason } from './decisions.ts';
import { endpoint, signedIn, type Ask } from './endpoint.ts';
import type { Engine } from './engine.ts';
import { uuidOf, type KeyedHash } from './keyed-hash.ts';
import { fact, readLeaf } from './leaf-reading.ts';
import type { Sealer } from './seal.ts';
import type { SignedIn } from './sessions.ts';
import { byId, moment, refusalCode } from './shapes.ts';
import { code, reason } from './typed.ts';

const halts = z.enum(HALTS);
export const jointAct = z.object({
  id: z.string(),
  kind: z.literal('halt'),
  halts,
  state: z.enum(['proposed', 'confirmed', 'expired']),
  proposer: z.string(),
  proposedAt: moment,
  expiresAt: moment,
  confirmer: z.string().nullable(),
  confirmedAt: moment.nullable(),
  /** What the two wrote, as far as it is still there. */
  reasons: z.array(z.string()),
  mayConfirm: z.boolean(),
  whyNot: refusalCode.nullable(),
});
const told = z.object({ id: z.string(), message: z.string() });
const deed = z.strictObject({ halts, reason, totp: code });
const refusals = [
  'factor-not-accepted',
  'officer-needed',
  'approver-not-active',
  'recently-reset',
  'factors-replaced',
  'service-unavailable',
  'too-many-requests',
] as const satisfies readonly RefusalCode[];
/** The newest are enough to see what is open and what stands; all of them are in the log. */
const MOST = 50;

export interface JointActDeps {
  db: Database;
  hash: KeyedHash;
  sealer: Sealer;
  engine: Engine;
  admission: Admission;
  haltNow: () => Promise<Halt>;
}

/** What two security officers do together: one proposes, another confirms. Whether it counts is said by the verifier. */
export function jointActsEndpoints({ db, hash, sealer, engine, admission, haltNow }: JointActDeps) {
  /** Seals what the officer does, has the verifier judge it once, and answers with the act's id. */
  const carryOut = async (
    ask: Ask<unknown, unknown, z.infer<typeof deed>>,
    what: 'propose' | 'confirm',
    idOf: (request: string) => string,
  ): Promise<string> => {
    const session = signedIn(ask);
    const { halts, reason: stated, totp } = ask.body;
    await admission.step(`joint acts of ${session.account}`);
    // The code is a part of it: who guesses another's key gets no answer that only the right code had earned.
    const request = uuidOf(hash('joint-act', session.account, ask.nonce, what, halts, stated, totp));
    const act = idOf(request);
    const { digest } = await stateReason(db, hash, { approval: act, person: session.account, typed: stated });
    const value = { value: totp, deed: what, act, halts, officer: session.account, reason: digest, source: ask.source };
    const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: 'joint-act', subject: request, value });
    const asked: JointActAsked = { request, act, halts, officer: session.account, reason: digest, sealed: sealed.id };
    const workflow = what === 'propose' ? 'proposeJointAct' : 'confirmJointAct';
    const answer = await engine.run<JointActAnswer>(workflow, `joint-act/${request}`, asked);
    if (answer.outcome === 'refused') throw new Refusal(answer.code);
    return act;
  };

  return {
    list: endpoint(
      {
        summary: 'What two security officers do together, newest first, and what is halted now',
        access: ['security-officer', 'auditor', 'administrator'],
        replies: { 200: { description: 'Open ones before all others', schema: z.object({ halted: halts, items: z.array(jointAct) }) } },
        refusals: [],
      },
      async (ask) => {
        const session = signedIn(ask);
        const rows = await db.jointAct.findMany({ orderBy: { proposedAt: 'desc' }, take: MOST, omit: { body: true, signature: true } });
        const stated = await reasonsOf(
          db,
          rows.map(({ id }) => id),
        );
        const items = rows.map((row) => viewOf(row, session, stated.get(row.id) ?? []));
        const open = (item: z.infer<typeof jointAct>): number => Number(item.state === 'proposed');
        return { status: 200, body: { halted: await haltNow(), items: items.toSorted((a, b) => open(b) - open(a)) } };
      },
    ),

    propose: endpoint(
      {
        summary: 'Propose what is halted from now on; another officer has to confirm it',
        access: ['security-officer'],
        body: deed,
        replies: { 201: { description: 'Proposed; nothing is changed yet', schema: told } },
        refusals,
      },
      async (ask) => {
        const id = await carryOut(ask, 'propose', (request) => request);
        const message = `Your proposal is recorded. It takes effect when another security officer confirms it within ${JOINT_ACT_SECONDS / 60} minutes.`;
        return { status: 201, body: { id, message } };
      },
    ),

    confirm: endpoint(
      {
        summary: 'Confirm what another officer has proposed, as it was shown',
        access: ['security-officer'],
        params: byId,
        body: deed,
        replies: { 200: { description: 'It is in force', schema: told } },
        refusals: [...refusals, 'not-found', 'joint-act-closed', 'second-officer-needed'],
      },
      async (ask) => {
        const row = await db.jointAct.findUnique({ where: { id: ask.params.id }, select: { id: true } });
        if (!row) throw new Refusal('not-found');
        const id = await carryOut(ask, 'confirm', () => row.id);
        return { status: 200, body: { id, message: 'Confirmed by both of you. It is in force now.' } };
      },
    ),
  };
}

type Row = Prisma.JointActGetPayload<{ omit: { body: true; signature: true } }>;

function viewOf(row: Row, session: SignedIn, reasons: string[]): z.infer<typeof jointAct> {
  const over = row.state !== 'proposed' || row.expiresAt.getTime() < Date.now();
  const state = row.state === 'proposed' && over ? 'expired' : row.state;
  const why = whyNot(row, session, over);
  return {
    id: row.id,
    kind: 'halt',
    halts: halts.parse(row.subject),
    state: state === 'confirmed' || state === 'proposed' ? state : 'expired',
    proposer: row.proposerName,
    proposedAt: row.proposedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    confirmer: row.confirmerName,
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    reasons,
    mayConfirm: why === null,
    whyNot: why,
  };
}

/** Why this person cannot confirm, as far as stored facts tell; the verifier looks again, at the directory. */
function whyNot(row: Row, session: SignedIn, over: boolean): RefusalCode | null {
  if (over) return 'joint-act-closed';
  if (!session.roles.includes('security-officer')) return 'officer-needed';
  return row.proposer === session.account ? 'second-officer-needed' : null;
}

/** What the officers wrote, act by act, in the order of time, by the leaves of their deeds. */
async function reasonsOf(db: Database, acts: readonly string[]): Promise<Map<string, string[]>> {
  if (acts.length === 0) return new Map();
  const leaves = await db.leaf.findMany({
    where: { type: { in: ['joint-act.proposed', 'joint-act.confirmed'] } },
    orderBy: { seq: 'desc' },
    take: 2 * MOST,
    select: { body: true },
  });
  const read = leaves.map(({ body }) => readLeaf(body)).reverse();
  const digests = read.flatMap((body) => fact(body, 'reason') ?? []);
  const stated = await db.statedReason.findMany({ where: { digest: { in: digests } }, select: { digest: true, text: true } });
  const texts = new Map(stated.map(({ digest, text }) => [digest, text]));
  const found = new Map<string, string[]>();
  for (const body of read) {
    const act = fact(body, 'act');
    const text = texts.get(fact(body, 'reason') ?? '');
    if (act && text) found.set(act, [...(found.get(act) ?? []), text]);
  }
  return found;
}
