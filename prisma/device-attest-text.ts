import { createHash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { ProofPassed } from '#domain/attestation.ts';
import { whyNotKnown, type AttestPurpose } from '#domain/device.ts';
import { DEVICE_ATTEST_TAG, DEVICE_CHALLENGE_TAG, deviceChallenge, type AttestText } from '#domain/device-statement.ts';
import type { Ceremony } from '#domain/passkey.ts';
import { openDeviceStatement } from '#evidence/device-statement.ts';
import { canonical, canonicalOrNothing } from '#evidence/jcs.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import { deviceKey } from './device-rows.ts';

/** What a device signs at its login screen, as docs/device-protocol.md tells it. */

const moment = z.iso.datetime({ offset: true }).max(40);
const attest = z.strictObject({
  device: z.uuid(),
  challenge: z.string().length(43),
  at: moment,
  account: z.strictObject({ sid: z.string().regex(/^S-1(-\d{1,10}){2,15}$/), lastOnlineAuth: moment.nullable() }).nullable(),
});

/** Nothing that a device says of itself there is longer. */
export const LONGEST_ATTEST = 1024;

/** Exactly DeviceShown in domain/attestation.ts. */
export const deviceShown = z.strictObject({
  text: z.string().max(LONGEST_ATTEST),
  signature: z.string().length(86),
  key: z.base64(),
  challenge: z.strictObject({ nonce: z.uuid(), notAfter: z.iso.datetime() }),
});

/** The challenge of a ceremony as the device is given it. */
export function challengeToDevice(ceremony: Ceremony, purpose: AttestPurpose): string {
  return challengeOf(DEVICE_CHALLENGE_TAG, canonical(deviceChallenge(ceremony, purpose))).toString('base64url');
}

/** What the holder of this key signed at its login screen, or undefined. */
export function readAttest({ text, signature }: { text: string; signature: string }, key: KeyObject): AttestText | undefined {
  const parsed = attest.safeParse(openDeviceStatement(DEVICE_ATTEST_TAG, text, Buffer.from(signature, 'base64url'), key));
  return parsed.success ? parsed.data : undefined;
}

/** Which device a text says it is of, before anybody has looked at its signature. */
export function deviceNamedIn(text: string): string | undefined {
  const parsed = attest.safeParse(canonicalOrNothing(text));
  return parsed.success ? parsed.data.device : undefined;
}

export type NotAttested =
  | 'not-signed'
  | 'another-device'
  | 'another-challenge'
  | 'challenge-over'
  | NonNullable<ReturnType<typeof whyNotKnown>>;

/**
 * Why a proof by a known device does not rest on what its record holds, or undefined when it does: the device's own signature, over a challenge of
 * just this reset and just then, that it holds the account's credential and when a controller last confirmed it. `sid`: of the account that was
 * identified. That the key is the device's, and the device not revoked, the verifier looked up.
 */
export function whyNotAttested(
  { reset, credential, at, device: shown }: Pick<ProofPassed, 'reset' | 'credential' | 'at' | 'device'>,
  { sid, knownWithin }: { sid: string; knownWithin: number },
): NotAttested | undefined {
  const key = shown && deviceKey(Buffer.from(shown.key, 'base64'));
  const said = shown && key && readAttest(shown, key);
  if (!said) return 'not-signed';
  if (said.device !== credential) return 'another-device';
  const { nonce, notAfter } = shown.challenge;
  if (said.challenge !== challengeToDevice({ ceremony: nonce, account: reset, notAfter }, 'known-device')) return 'another-challenge';
  const now = new Date(at);
  if (!(now <= new Date(notAfter))) return 'challenge-over';
  return whyNotKnown(said, { sid, knownWithin, now });
}

/** By which what a device said is named in a leaf. */
export function attestHash({ text, signature }: { text: string; signature: string }): string {
  return createHash('sha256').update(`${text}\n${signature}`).digest('hex');
}
