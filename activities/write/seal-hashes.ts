import { createPublicKey, randomBytes } from 'node:crypto';
import type { Transaction } from '#db';
import { deviceRevoked } from '#domain/device.ts';
import { HASH_ROUNDS, MOST_SEALED_HASHES, SEALED_HASH_SECONDS } from '#domain/sealed-hash.ts';
import { DEVICE_ROW, signedDevice } from '#prisma/device-rows.ts';
import { readReport } from '#prisma/device-text.ts';
import { policyVersion } from '#prisma/policies.ts';
import type { WriteAsked } from '../contract.ts';
import { readAccount } from '../directory/find-account.ts';
import { databaseTime } from './claims.ts';
import { isPublished } from './conditions.ts';
import { controllerOf, type WriterDeps } from './deps.ts';
import { saltFrom, sha512Crypt } from './sha512-crypt.ts';
import { signedStatements } from './statements.ts';

/** A device that takes sealed hashes, and says, and signed, that it has a credential of the account cached. */
interface Taking {
  id: string;
  sealingKey: Uint8Array<ArrayBuffer>;
}

/**
 * Makes a hash of the new password, each with a salt of its own, for every device that may have one, and seals it to that device: only where the policy of this reset
 * says so, never of a protected account, and only from a writer that has a sealer. What counts is what was signed: the policy by its hash in the verifier's statement, the
 * device by the verifier, its credential and its key by the device. Whose account it is, this writer's own bind says, or a changed row would have another's hash replaced.
 * The password is one that was bound and stands; the caller forgets it right after. A repeated call keeps what was made. Answers the ids of the devices.
 */
export async function sealHashes(deps: WriterDeps, asked: WriteAsked, controllerUrl: string, password: string): Promise<string[]> {
  const { db, hashSealer } = deps;
  if (!hashSealer || deps.writerClass !== 'staff' || !(await isOffered(deps, asked))) return [];
  const account = await readAccount(controllerOf(deps, controllerUrl).directory, asked.account);
  if (!account || account.protectedBy !== undefined) return [];
  const devices = await devicesTaking(db, deps.verifierKey, account.sid);
  const expires = new Date((await databaseTime(db)).getTime() + SEALED_HASH_SECONDS * 1000);
  const made: string[] = [];
  for (const { id, sealingKey } of devices.slice(0, MOST_SEALED_HASHES)) {
    const bytes = Buffer.from(password, 'utf8');
    const hash = await sha512Crypt(bytes, saltFrom(randomBytes(16)), HASH_ROUNDS).finally(() => bytes.fill(0));
    const context = { reset: asked.reset, device: id, sid: account.sid, expiresAt: expires.toISOString() };
    const row = { resetId: asked.reset, deviceId: id, expiresAt: expires, ...(await hashSealer.seal(sealingKey, context, hash)) };
    await db.sealedHash.createMany({ data: [row], skipDuplicates: true });
    made.push(id);
  }
  return made;
}

/** By the policy that the verifier named for this run, and that two publishers signed. */
async function isOffered(deps: WriterDeps, { reset, run }: WriteAsked): Promise<boolean> {
  const { attestations } = await signedStatements(deps.db, reset, deps.verifierKey);
  const named = attestations.find((one) => one.kind === 'identified' && one.run === run);
  const frozen = named?.kind === 'identified' ? await policyVersion(deps.db, named.policy) : undefined;
  return frozen?.policy.devices.sealedHash === 'unprotected' && (await isPublished(deps, frozen.sha256));
}

/** Those that were seen last come first. One that was revoked is none, whatever its row was set back to. */
async function devicesTaking(db: Transaction, verifier: WriterDeps['verifierKey'], sid: string): Promise<Taking[]> {
  const rows = await db.device.findMany({
    where: { state: 'active', accounts: { some: { sid } } },
    orderBy: [{ lastSeenAt: { sort: 'desc', nulls: 'last' } }, { id: 'asc' }],
    select: { ...DEVICE_ROW, report: true, reportSignature: true },
  });
  const burned = await db.$queryRaw<{ consumed: string }[]>`
    SELECT consumed FROM burn WHERE consumed = ANY(${rows.map(({ id }) => deviceRevoked(id))})`;
  const revoked = new Set(burned.map(({ consumed }) => consumed));
  return rows.flatMap((row): Taking[] => {
    const device = signedDevice(row, verifier);
    if (device?.state !== 'active' || revoked.has(deviceRevoked(device.id)) || row.report === null || !row.reportSignature) return [];
    const said = readReport({ statement: row.report, signature: row.reportSignature }, device.key);
    if (said?.device !== device.id || said.sealingKey === undefined || said.sssd.layout !== 'known') return [];
    const sealingKey = new Uint8Array(Buffer.from(said.sealingKey, 'base64'));
    const takes = said.accounts.some((one) => one.sid === sid) && isP256(sealingKey);
    return takes ? [{ id: device.id, sealingKey }] : [];
  });
}

/** A key that is none is the device's own fault: it is told to forget the old password, as the others are, and no reset fails by it. */
function isP256(spki: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}
