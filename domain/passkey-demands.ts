/** What a policy asks of passkeys and security keys, whoever registers them and wherever. */
export interface PasskeyDemands {
  /** `required`: a key proves its model, by a certificate of its maker that leads to a root of the FIDO metadata. */
  attestation: (typeof ATTESTATIONS)[number];
  /** The models that may be registered, by AAGUID, lower-case; none named: every one that the metadata know. Only with `required`. */
  models: readonly string[];
  /** What becomes of a model that the metadata report as compromised. */
  compromised: (typeof WHEN_COMPROMISED)[number];
  /** Passkeys that may be copied to other devices, as the factor `synced-passkey`. */
  synced: (typeof WHEN_SYNCED)[number];
}

/** `where-named`: they count in a reset, in the ways in that name them and nowhere else. */
export const WHEN_SYNCED = ['refuse', 'where-named'] as const;

export const ATTESTATIONS = ['not-asked', 'required'] as const;
export const WHEN_COMPROMISED = ['refuse-new', 'refuse-all'] as const;

/** How a key proved its model when it was enrolled, by what the verifier signed of it. Certificates are DER in base64. */
export interface ModelProven {
  format: 'packed';
  /** The key's own certificate, then its authorities up to the root that the metadata name. */
  chain: readonly string[];
  /** The list of models that it was judged by: its number, and SHA-256 of its text. */
  metadata: { number: number; sha256: string };
}

/** Why a key does not count by its model; said in the evidence. */
export const MODEL_FAULTS = {
  'attestation-missing': 'passkey-model-refused',
  'attestation-format': 'passkey-model-refused',
  'attestation-built-in': 'passkey-built-in',
  'model-not-allowed': 'passkey-model-refused',
  'model-unknown': 'passkey-model-refused',
  'attestation-chain': 'passkey-model-refused',
  'model-compromised': 'passkey-model-compromised',
  'metadata-missing': 'passkey-metadata-missing',
  'metadata-older': 'passkey-metadata-missing',
} as const;
export type ModelFault = keyof typeof MODEL_FAULTS;

export function isModelFault(fault: string): fault is ModelFault {
  return Object.hasOwn(MODEL_FAULTS, fault);
}

/** In words, for whoever reads the policy. */
export function demandsInWords({ attestation, models, compromised, synced }: PasskeyDemands): string {
  const which =
    attestation === 'not-asked'
      ? 'Keys need not prove their model.'
      : models.length === 0
        ? 'A new key has to prove its model, which may be any that the FIDO metadata know.'
        : `A new key has to prove that it is one of ${models.length === 1 ? 'one model' : `${models.length} models`}: ${models.join(', ')}.`;
  const then =
    compromised === 'refuse-all'
      ? 'Of a model that is reported as compromised no key counts, new or old.'
      : 'Of a model that is reported as compromised no new key is taken; those that people have go on counting.';
  const copied =
    synced === 'refuse'
      ? 'No passkey counts that can be copied to other devices.'
      : 'Passkeys that can be copied to other devices count in a reset whose way in names synced-passkey, and nowhere else.';
  return `${which} ${then} ${copied}`;
}
