import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { createStatement, PASSKEY_TAG, SYNCED_PASSKEYS, type Ceremony } from '#domain/passkey.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { readAuthenticatorData } from '#evidence/authenticator-data.ts';
import { canonical } from '#evidence/jcs.ts';
import { ALGORITHMS, challengeOf, type RelyingParty } from '#evidence/signed-statement.ts';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { spkiOfCose } from './spki-of-cose.ts';
import type { TypedRegistration } from './typed.ts';

export interface NewPasskey {
  credential: string;
  spki: Buffer;
  algorithm: number;
  aaguid: string;
  counter: number;
  synced: boolean;
  transports: string[];
  /** `none`, or `packed` when the key brought a statement about itself, whose signature holds. */
  attestation: string;
  origin: string;
}

/** The formats that are read. The others bring certificates of makers that this product knows nothing of. */
const FORMATS: readonly string[] = ['none', 'packed'];

/**
 * Reads a key's answer to a registration (WebAuthn Level 3 §7.1): made in this ceremony, on our page, touched by somebody
 * whom the key itself knew, and not to be copied. Answers the refusal otherwise; what an answer says about the key's
 * model is as good as its attestation, so with `none` it is a claim.
 */
export async function readRegistration(
  typed: TypedRegistration,
  ceremony: Ceremony,
  party: RelyingParty,
): Promise<NewPasskey | RefusalCode> {
  try {
    const attestation = decodeAttestationObject(new Uint8Array(Buffer.from(typed.attestationObject, 'base64url')));
    if (!FORMATS.includes(attestation.get('fmt'))) return 'passkey-not-accepted';
    // Asked before the library does, whose one exception would tell neither case from a forged answer.
    const said = readAuthenticatorData(attestation.get('authData'));
    if (said && !said.userVerified) return 'passkey-not-verified';
    if (said?.backupEligible && SYNCED_PASSKEYS === 'refused') return 'passkey-synced';
    const { registrationInfo: info } = await verifyRegistrationResponse({
      response: {
        id: typed.credential,
        rawId: typed.credential,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON: typed.clientDataJSON, attestationObject: typed.attestationObject },
      },
      expectedChallenge: challengeOf(PASSKEY_TAG, canonical(createStatement(ceremony))).toString('base64url'),
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      supportedAlgorithmIDs: [...ALGORITHMS],
    });
    const key = info && spkiOfCose(info.credential.publicKey);
    if (!info || !key || info.credential.id !== typed.credential) return 'passkey-not-accepted';
    return {
      credential: info.credential.id,
      ...key,
      aaguid: info.aaguid,
      counter: info.credential.counter,
      synced: info.credentialDeviceType === 'multiDevice',
      transports: typed.transports,
      attestation: info.fmt,
      origin: info.origin,
    };
  } catch {
    // The library throws for whatever is wrong, and quotes it; nothing of that is repeated.
    return 'passkey-not-accepted';
  }
}
