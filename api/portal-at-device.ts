import type { KeyObject } from 'node:crypto';
import type { Database } from '#db';
import { ATTEST_SECONDS, type AttestPurpose } from '#domain/device.ts';
import { Refusal } from '#domain/refusals.ts';
import { attestHash, challengeToDevice, deviceNamedIn, readAttest } from '#prisma/device-attest-text.ts';
import { DEVICE_ROW, signedDevice } from '#prisma/device-rows.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { policyInForce } from '#prisma/policies.ts';
import { beginCeremony } from './own-keys.ts';
import type { AtDevice, DeviceAnswer } from './portal-flow.ts';

/** A new challenge to the device for one use in this reset. */
export async function challengeDevice(
  db: Database,
  reset: string,
  purpose: AttestPurpose,
): Promise<{ ceremony: string; challenge: string }> {
  const begun = await beginCeremony(db, reset, purpose);
  return { ceremony: begun.ceremony, challenge: challengeToDevice(begun, purpose) };
}

/**
 * Takes down at which device a reset was begun, when that device signed so for a challenge of this reset; what does not count is refused in one
 * word and recorded. It decides nothing: people are shown it. The challenge is used up whatever comes, by the transaction that looks at it.
 */
export async function noteSourceDevice(
  { db, verifierKey }: { db: Database; verifierKey: KeyObject },
  reset: string,
  { ceremony, statement, signature }: DeviceAnswer,
): Promise<AtDevice> {
  const said = { text: statement, signature };
  const named = deviceNamedIn(statement);
  const device = await db.$transaction(async (tx) => {
    const row = await tx.ceremony.findFirst({ where: { id: ceremony, accountGuid: reset, purpose: 'source-device' } });
    const { count } = await tx.ceremony.deleteMany({ where: { id: ceremony, accountGuid: reset, purpose: 'source-device' } });
    const found = named === undefined ? null : await tx.device.findUnique({ where: { id: named }, select: DEVICE_ROW });
    const enrolled = found ? signedDevice(found, verifierKey) : undefined;
    const signed = enrolled && readAttest(said, enrolled.key);
    const open = row && count === 1 ? challengeOf(reset, row) : undefined;
    const counts = open !== undefined && new Date() <= open.until && signed?.challenge === open.challenge && enrolled?.state === 'active';
    const about = { type: 'reset.at-device', reset, actor: { type: 'claimant' } } as const;
    const facts = { device: enrolled?.id ?? null, attest: attestHash(said) };
    const personal = enrolled ? { personal: { device: enrolled.name } } : {};
    if (!counts || !enrolled) {
      await appendLeaf(tx, { ...about, outcome: 'denied', reason: 'device-statement-refused', do: facts, ...personal }, 'api');
      return undefined;
    }
    const { count: noted } = await tx.reset.updateMany({
      where: { id: reset, sourceDevice: null, state: 'proving' },
      data: { sourceDevice: enrolled.id },
    });
    if (noted === 1) await appendLeaf(tx, { ...about, outcome: 'success', do: facts, ...personal }, 'api');
    return enrolled.name;
  });
  if (device === undefined) throw new Refusal('device-statement-refused');
  return { device, knownDevice: await isTaken(db) };
}

function challengeOf(reset: string, { id, createdAt }: { id: string; createdAt: Date }): { challenge: string; until: Date } {
  const until = new Date(createdAt.getTime() + ATTEST_SECONDS * 1000);
  return { challenge: challengeToDevice({ ceremony: id, account: reset, notAfter: until.toISOString() }, 'source-device'), until };
}

/** Whether some way in of some rule takes the word of a device. */
async function isTaken(db: Database): Promise<boolean> {
  const { policy } = await policyInForce(db);
  return policy.rules.some(({ accept, replaceFactors }) =>
    [...accept, ...(replaceFactors?.accept ?? [])].some(({ proofs }) => proofs.includes('known-device')),
  );
}

/** The device at whose login screen a reset was begun, or null. */
export async function sourceDeviceOf(db: Database, reset: string): Promise<{ id: string; name: string } | null> {
  const row = await db.reset.findUnique({ where: { id: reset }, select: { sourceDevice: true } });
  if (!row?.sourceDevice) return null;
  return db.device.findUnique({ where: { id: row.sourceDevice }, select: { id: true, name: true } });
}

/** Its name alone. */
export async function nameOfSource(db: Database, reset: string): Promise<string | null> {
  return (await sourceDeviceOf(db, reset))?.name ?? null;
}
