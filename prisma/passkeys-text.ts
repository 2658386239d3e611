import { z } from 'zod';
import { ATTESTATIONS, WHEN_COMPROMISED, WHEN_SYNCED } from '#domain/passkey-demands.ts';

/** What a policy document asks of passkeys and security keys. */

const aaguid = z
  .string()
  .regex(
    /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/,
    'write the AAGUID of a model, such as 2fc0579f-8113-47ea-b116-bb5a8db9202a; the maker names it',
  )
  .transform((text) => text.toLowerCase());

export const passkeysText = z
  .strictObject({
    attestation: z
      .enum(ATTESTATIONS)
      .default('not-asked')
      .describe(
        'required: a new key proves its model by a certificate of its maker, which the list of models that the operator brings has to vouch for. not-asked if left out.',
      ),
    models: z
      .array(aaguid)
      .max(200)
      .default([])
      .describe(
        'The models that may be registered, by AAGUID; left out: every one that the list vouches for. Only with attestation: required.',
      ),
    compromised: z
      .enum(WHEN_COMPROMISED)
      .default('refuse-all')
      .describe(
        'What becomes of a model that the list reports as compromised: refuse-new takes no new key of it, refuse-all lets no key of it count any more, at once and in resets that are under way too.',
      ),
    synced: z
      .enum(WHEN_SYNCED)
      .default('refuse')
      .describe(
        'Passkeys that can be copied to other devices. where-named: people may add them under My factors, and they count in a reset whose way in names synced-passkey; never for a protected account, an approval or any other deed. refuse if left out.',
      ),
  })
  .prefault({})
  .describe('Which passkeys and security keys people may register and use.');
