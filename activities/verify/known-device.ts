import type { DeviceShown } from '#domain/attestation.ts';
import { attestHash, deviceNamedIn, whyNotAttested, type NotAttested } from '#prisma/device-attest-text.ts';
import { DEVICE_ROW } from '#prisma/device-rows.ts';
import type { Transaction } from '#db';
import { openCeremony } from './ceremony.ts';
import type { VerifierDeps } from './deps.ts';
import { deviceNow } from './device-rows.ts';
import { databaseTime } from './once.ts';
import type { Typed } from './typed.ts';

export type AttestTyped = Extract<Typed<'proof'>, { method: 'known-device' }>;

/** What a device said, judged: what is burned with it in any case, and why it does not count. */
export interface Attested {
  why: NotAttested | 'no-challenge' | 'no-device' | 'device-revoked' | undefined;
  consumed: string | undefined;
  shown: DeviceShown | undefined;
  /** The device that signed, where it is one of ours. */
  device: { id: string; name: string } | undefined;
  /** Of what came, whoever it is from. */
  sha256: string;
}

/** The transaction in which it is judged and signed takes no longer. */
const SIGNED_WITHIN_MS = 12_000;

/**
 * Judges what a device signed about an account at its login screen, by the device's registered key and the challenge that was made for this reset.
 * The challenge is used up by it, whatever comes out. For a decoy (`sid` undefined) the same is read and judged, and it is held by nobody.
 */
export async function judgeAttest(
  tx: Transaction,
  { keys }: Pick<VerifierDeps, 'keys'>,
  { reset, sid, knownWithin }: { reset: string; sid: string | undefined; knownWithin: number },
  { ceremony, statement, signature }: AttestTyped,
): Promise<Attested> {
  const said = { text: statement, signature };
  const sha256 = attestHash(said);
  const open = await openCeremony(tx, { ceremony, account: reset, purpose: 'known-device' });
  const named = deviceNamedIn(statement);
  const row = named === undefined ? null : await tx.device.findUnique({ where: { id: named }, select: DEVICE_ROW });
  const device = await deviceNow(tx, keys, row);
  const known = device && { id: device.id, name: device.name };
  const none = { consumed: open?.consumed, shown: undefined, device: known, sha256 };
  if (!open) return { ...none, why: 'no-challenge' };
  if (!device) return { ...none, why: 'no-device' };
  const shown: DeviceShown = {
    ...said,
    key: device.key.export({ format: 'der', type: 'spki' }).toString('base64'),
    challenge: { nonce: open.ceremony, notAfter: open.notAfter },
  };
  const now = (await databaseTime(tx)).getTime();
  const judged = (at: Date) =>
    whyNotAttested({ reset, credential: device.id, at: at.toISOString(), device: shown }, { sid: sid ?? 'nobody', knownWithin });
  // What counts now has to count at the moment of the signature too, by which writer and auditor judge it again.
  const why = judged(new Date(now)) ?? judged(new Date(now + SIGNED_WITHIN_MS));
  if (device.state !== 'active') return { ...none, why: 'device-revoked' };
  return { ...none, why, shown };
}
