import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { kindOfKey, letsIn } from '#domain/key-kinds.ts';
import { createStatement, PASSKEY_TAG, type Ceremony } from '#domain/passkey.ts';
import { MODEL_FAULTS, type ModelFault, type ModelProven, type PasskeyDemands } from '#domain/passkey-demands.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { readAuthenticatorData } from '#evidence/authenticator-data.ts';
import { canonical } from '#evidence/jcs.ts';
import { ALGORITHMS, challengeOf, type RelyingParty } from '#evidence/signed-statement.ts';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { judgeModel, type MetadataStanding } from './key-model.ts';
import { spkiOfCose } from './spki-of-cose.ts';
import type { TypedRegistration } from './typed-parts.ts';
import type { SIGN_IN_DOORS } from './typed.ts';

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
  /** How it proved its model, where the policy asks for that. */
  proven: ModelProven | null;
  origin: string;
}

/** By what a new key is judged: the policy, the list of models, when, and at which door it comes in. */
export interface KeyRules {
  demands: PasskeyDemands;
  standing: MetadataStanding;
  at: Date;
  /** At the console keys sign deeds, so there only a passkey is taken. */
  door: (typeof SIGN_IN_DOORS)[number];
}

/** `fault`: what of its model was wrong. */
export type NotRead = { refusal: RefusalCode; fault?: ModelFault };

/** The formats that are read. Of the others `fido-u2f` names no model. */
const FORMATS: readonly string[] = ['none', 'packed'];
/** Those of platforms: what their certificates say of computer and phone, in extensions of their own, nobody here reads. */
const BUILT_IN: readonly string[] = ['tpm', 'apple', 'android-key', 'android-safetynet'];

/**
 * Reads a key's answer to a registration (WebAuthn Level 3 §7.1): made in this ceremony, on our page, of a kind and
 * a model that the policy takes: touched by somebody whom the key itself knew, and not to be copied, unless it lets in such. What an answer says about the key's
 * model is as good as its attestation, so with `none` it is a claim.
 */
export async function readRegistration(
  typed: TypedRegistration,
  ceremony: Ceremony,
  party: RelyingParty,
  { demands, standing, at, door }: KeyRules,
): Promise<NewPasskey | NotRead> {
  try {
    const attestation = decodeAttestationObject(new Uint8Array(Buffer.from(typed.attestationObject, 'base64url')));
    const format = attestation.get('fmt');
    if (!FORMATS.includes(format)) {
      if (demands.attestation !== 'required') return NOT_ACCEPTED;
      return wrongModel(BUILT_IN.includes(format) ? 'attestation-built-in' : 'attestation-format');
    }
    // Asked before the library does, whose one exception would tell neither case from a forged answer.
    const said = readAuthenticatorData(attestation.get('authData'));
    if (said && !said.userVerified) return { refusal: 'passkey-not-verified' };
    const kind = kindOfKey(said?.backupEligible ?? false);
    if (kind !== 'passkey' && !(door === 'portal' && letsIn(demands, kind))) return { refusal: 'passkey-synced' };
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
    if (!info || !key || info.credential.id !== typed.credential) return NOT_ACCEPTED;
    const certificates = attestation.get('attStmt').get('x5c') ?? [];
    const judged = judgeModel({ format, aaguid: info.aaguid, certificates }, demands, standing, at);
    if ('fault' in judged) return wrongModel(judged.fault);
    return {
      credential: info.credential.id,
      ...key,
      aaguid: info.aaguid,
      counter: info.credential.counter,
      synced: info.credentialDeviceType === 'multiDevice',
      transports: typed.transports,
      attestation: info.fmt,
      proven: judged.proven,
      origin: info.origin,
    };
  } catch {
    // The library throws for whatever is wrong, and quotes it; nothing of that is repeated.
    return NOT_ACCEPTED;
  }
}

const NOT_ACCEPTED: NotRead = { refusal: 'passkey-not-accepted' };
const wrongModel = (fault: ModelFault): NotRead => ({ refusal: MODEL_FAULTS[fault], fault });
