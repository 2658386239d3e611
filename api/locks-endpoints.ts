import { z } from 'zod';
import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import type { LockMessage } from '#workflows/messages.ts';
import { actorOf } from './actor.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { stateReason } from './decisions.ts';
import { ownFactor, sealedFactor } from './delegation-shapes.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { fact, readLeaf } from './leaf-reading.ts';
import { beginOfficerCeremony, officerCeremony } from './officer-ceremony.ts';
import { recordRefusal } from './refused-deed.ts';
import { byId } from './shapes.ts';
import { reason } from './typed.ts';
import { updateIdOf } from './update-id.ts';

/** A security officer ends a reset for good. Whether the lock counts is said by the verifier, and the writer honours it by itself. */
export function locksEndpoints(deps: ConsoleDeps) {
  const { db, hash, sealer, engine, admission } = deps;
  return {
    begin: endpoint(
      {
        summary: 'Begin to lock a reset with a key: what the browser is to ask it',
        access: ['security-officer'],
        params: byId,
        body: z.strictObject({ reason }),
        replies: { 201: { description: 'A ceremony, good for one use within minutes', schema: officerCeremony } },
        refusals: ['not-found', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { account } = signedIn(ask);
        const row = await db.reset.findUnique({ where: { id: ask.params.id }, select: { id: true } });
        if (!row) throw new Refusal('not-found');
        await admission.step(`ceremonies of ${account}`);
        const of = { account, purpose: `lock/${row.id}`, about: row.id, reason: ask.body.reason };
        return { status: 201, body: await beginOfficerCeremony(deps, of) };
      },
    ),

    lock: endpoint(
      {
        summary: "Lock a reset, confirmed with one's own key or authenticator: it ends and cannot be taken up again",
        access: ['security-officer'],
        params: byId,
        body: z.strictObject({ reason, by: ownFactor }),
        replies: { 200: { description: 'The reset is locked', schema: z.object({ message: z.string() }) } },
        refusals: [
          'not-found',
          'factor-not-accepted',
          'passkey-not-accepted',
          'passkey-not-verified',
          'passkey-synced',
          'ceremony-over',
          'lock-too-late',
          'officer-needed',
          'approver-not-active',
          'not-now',
          'service-unavailable',
          'too-many-requests',
        ],
      },
      async (ask) => {
        const session = signedIn(ask);
        const { reason: stated, by } = ask.body;
        const row = await db.reset.findUnique({ where: { id: ask.params.id }, select: { id: true } });
        if (!row) throw new Refusal('not-found');
        await admission.step(`locks of ${session.account}`);
        const { digest } = await stateReason(db, hash, { approval: row.id, person: session.account, typed: stated });
        // Crash from here on: nothing is locked until the update is accepted; the same request, sent again, has the same update id.
        const sealed = await sealer.seal(db, {
          recipient: 'verifier',
          purpose: 'lock',
          subject: row.id,
          value: { account: session.account, reason: digest, by: sealedFactor(by), source: ask.source },
        });
        const message: LockMessage = { officer: session.account, reason: digest, sealed: sealed.id };
        const updateId = updateIdOf(hash, {
          nonce: ask.nonce,
          route: 'lock',
          reset: row.id,
          typed: `${session.account} ${digest} ${JSON.stringify(by)}`,
        });
        const reply = await engine.update(row.id, 'lock', updateId, message);
        if (reply === 'closed') {
          const personal = { address: ask.source };
          await recordRefusal(db, {
            type: 'reset.lock-refused',
            reset: row.id,
            actor: actorOf(session),
            reason: 'lock-too-late',
            personal,
          });
          throw new Refusal('lock-too-late');
        }
        if (reply.outcome === 'refused') throw new Refusal(reply.code);
        return { status: 200, body: { message: 'The reset is locked. It has ended, and the password is unchanged.' } };
      },
    ),
  };
}

/** When a reset was locked and why, by the leaf of the lock itself. */
export async function lockOf(db: Database, { id, lockedByName }: { id: string; lockedByName: string | null }) {
  const leaf = await db.leaf.findFirst({ where: { resetId: id, type: 'reset.locked' }, select: { actor: true, body: true, at: true } });
  if (!leaf) return null;
  const digest = fact(readLeaf(leaf.body), 'reason');
  const stated = await db.statedReason.findFirst({ where: { digest: digest ?? '' }, select: { text: true } });
  return { by: lockedByName ?? leaf.actor ?? '', at: leaf.at.toISOString(), ...(stated ? { reason: stated.text } : {}) };
}
