import { createHash } from 'node:crypto';
import type { AckAnswer, AckMessage, NoticesOf } from '#activities/device-contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { isAfterWrite, isStageOf, OPEN_STATES, stateAfter, type NoticeState } from '#domain/device.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { readAck, type NoticeAck } from '#prisma/device-text.ts';
import type { Transaction } from '#db';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { deviceById, tellOfDevice } from './device-rows.ts';
import { DEVICE } from './enrol-device.ts';
import { aboutNotice, lockNotices, openNotices } from './leave-notices.ts';
import { databaseTime, once } from './once.ts';

/**
 * What an agent says about its notice. It counts when the device's registered key signed it, for this notice and this device, which is
 * not revoked: neither the API nor the worker is believed. The same statement again gets the first answer.
 */
export async function acknowledgeNotice(
  deps: VerifierDeps,
  { updateId, notice, statement, signature, ...of }: AckMessage & NoticesOf & { updateId: string },
): Promise<AckAnswer> {
  const sha256 = createHash('sha256').update(`${statement}\n${signature}`).digest('hex');
  // By what is said and not by the update that brought it: an agent that had no answer says the same again.
  const attempt = { subject: notice, updateId: `ack ${sha256}`, sealed: '' };
  return once<AckAnswer>(deps, attempt, async (tx) => {
    await lockNotices(tx, of);
    const row = await tx.notice.findUnique({ where: { id: notice }, include: { factorTelling: { select: { accountGuid: true } } } });
    const said = row ? await readBy(tx, deps, row.deviceId, { statement, signature }) : undefined;
    const now = await databaseTime(tx);
    const refusal = row && isOf(row, of) ? whyNot(row, said, now) : 'device-statement-refused';
    const about = aboutNotice(of, row?.factorTelling ?? null);
    const state = row?.state as NoticeState; // only the states of domain/device.ts are ever written
    if (refusal || !row || said?.by !== 'device') {
      const code = refusal ?? 'device-statement-refused';
      const facts = { notice, device: row?.deviceId ?? null, stage: said?.by === 'device' ? said.ack.stage : null, sha256 };
      await recordLeaf(
        tx,
        { type: 'notice.refused', outcome: 'denied', ...about, update: updateId, actor: DEVICE, reason: code, do: facts },
        VERIFIER,
      );
      return { outcome: { outcome: 'refused', code, open: (await openNotices(tx, of)).length } };
    }
    const { ack } = said;
    const next = stateAfter(state, ack.stage);
    const moved = next === state ? {} : { state: next, changedAt: now, reason: ack.reason };
    const lastOnlineAuth = ack.lastOnlineAuth === null ? {} : { lastOnlineAuth: new Date(ack.lastOnlineAuth) };
    await tx.notice.updateMany({ where: { id: notice }, data: { ...moved, ...lastOnlineAuth } });
    // It was used, or never will be: nobody needs it any more.
    if ('reset' in of && ack.stage !== 'received') await tx.sealedHash.deleteMany({ where: { resetId: of.reset, deviceId: row.deviceId } });
    const { device, stage, at, controllerReachable, lastOnlineAuth: online, reason } = ack;
    const facts = { notice, device, stage, at, controllerReachable, lastOnlineAuth: online, why: reason, signed: { statement, signature } };
    await recordLeaf(
      tx,
      { type: 'notice.acknowledged', outcome: 'success', ...about, update: updateId, actor: DEVICE, do: facts },
      VERIFIER,
    );
    await tellOfDevice(tx, device);
    return { outcome: { outcome: 'recorded', state: next, open: (await openNotices(tx, of)).length } };
  });
}

type Read = { by: 'device'; ack: NoticeAck } | { by: 'revoked' } | { by: 'nobody' };

async function readBy(
  tx: Transaction,
  { keys }: VerifierDeps,
  id: string,
  { statement, signature }: Pick<AckMessage, 'statement' | 'signature'>,
): Promise<Read> {
  const device = await deviceById(tx, keys, id);
  if (device?.state === 'revoked') return { by: 'revoked' };
  const ack = device && readAck({ statement, signature: Buffer.from(signature, 'base64url') }, device.key);
  return device?.state === 'active' && ack?.device === id ? { by: 'device', ack } : { by: 'nobody' };
}

type Row = {
  id: string;
  resetId: string | null;
  factorTellingId: string | null;
  state: string;
  writtenAt: Date | null;
  expiresAt: Date | null;
};

const isOf = (row: Row, of: NoticesOf): boolean => ('reset' in of ? row.resetId === of.reset : row.factorTellingId === of.factors);

function whyNot(row: Row, said: Read | undefined, now: Date): RefusalCode | undefined {
  if (said?.by === 'revoked') return 'device-revoked';
  if (said?.by !== 'device' || said.ack.notice !== row.id) return 'device-statement-refused';
  if (!isStageOf(row.resetId === null ? 'factors' : 'reset', said.ack.stage)) return 'device-statement-refused';
  if (!(OPEN_STATES as readonly string[]).includes(row.state) || !row.expiresAt || row.expiresAt <= now) return 'notice-over';
  if (said.ack.stage !== 'refreshed') return undefined;
  // A login that a controller confirmed before the password was written was one with the old password.
  const { lastOnlineAuth } = said.ack;
  const proves = lastOnlineAuth !== null && row.writtenAt && isAfterWrite(new Date(lastOnlineAuth), row.writtenAt);
  return proves ? undefined : 'device-statement-refused';
}
