import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { DeviceState } from '#domain/device.ts';
import { openStatement } from '#evidence/attestation.ts';
import { canonical, type Json } from '#evidence/jcs.ts';

/** The parts of a device's row that decide something; all of them stand under the verifier's signature. */
export interface DeviceRow {
  id: string;
  name: string;
  platform: string;
  state: string;
  keyHash: string | null;
  publicKey: Uint8Array | null;
  ticketId: string | null;
  /** objectGUID of the computer's account by which it was enrolled; null for one that showed a ticket. */
  computerGuid: string | null;
  enrolledBy: string | null;
  approvedBy: string | null;
  signature: Uint8Array | null;
}

/** What is to be selected for it. */
export const DEVICE_ROW = {
  id: true,
  name: true,
  platform: true,
  state: true,
  keyHash: true,
  publicKey: true,
  ticketId: true,
  computerGuid: true,
  enrolledBy: true,
  approvedBy: true,
  signature: true,
} as const;

/** What the verifier signs when it enrols, approves or revokes a device. */
export function deviceBody(row: Omit<DeviceRow, 'publicKey' | 'signature'>): Json {
  return {
    v: 1,
    kind: 'row/device',
    id: row.id,
    name: row.name,
    platform: row.platform,
    key: row.keyHash,
    ticket: row.ticketId,
    issuer: row.enrolledBy,
    approver: row.approvedBy,
    state: row.state,
    // Rows from before there was this way are signed without it.
    ...(row.computerGuid === null ? {} : { computer: row.computerGuid }),
  };
}

/** A device that the verifier made, with its key. */
export interface SignedDevice {
  id: string;
  name: string;
  platform: string;
  state: Exclude<DeviceState, 'by-hand'>;
  keyHash: string;
  key: KeyObject;
}

/** The device, when the verifier signed this row as it stands; undefined for one that somebody wrote or changed by hand. */
export function signedDevice(row: DeviceRow, verifier: KeyObject): SignedDevice | undefined {
  const { id, name, platform, state, keyHash, publicKey, signature } = row;
  if (!keyHash || !publicKey || !signature || state === 'by-hand') return undefined;
  if (openStatement(canonical(deviceBody(row)), signature, verifier) === undefined) return undefined;
  const key = deviceKey(publicKey);
  if (!key || keyHashOf(publicKey) !== keyHash) return undefined;
  return { id, name, platform, state: state as SignedDevice['state'], keyHash, key }; // the verifier signs only these
}

/** Lower-case hex SHA-256 of a SubjectPublicKeyInfo (DER): the name of a device's key. */
export function keyHashOf(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex');
}

/** The Ed25519 key in a SubjectPublicKeyInfo (DER), or undefined. */
export function deviceKey(spki: Uint8Array): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
