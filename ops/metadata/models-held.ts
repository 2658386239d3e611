import { metadataIn } from '#activities/fido-metadata.ts';
import type { Database } from '#db';
import { metadataFolder } from '../setup/fido-metadata.ts';

/** What a key says that proves nothing and tells nothing. */
const NO_MODEL = '00000000-0000-0000-0000-000000000000';

/** Of which models people have keys now, a line each, those of most keys first: how many, how many proved it, and what the list says of the model. */
export async function modelsHeld(state: string, db: Database): Promise<string[]> {
  const metadata = metadataIn(metadataFolder(state, 'verifier'))();
  const rows = await db.$queryRaw<{ aaguid: string; keys: bigint; proven: bigint }[]>`
    SELECT aaguid, count(*) AS keys, count(model) AS proven FROM passkey WHERE disabled_at IS NULL GROUP BY aaguid ORDER BY count(*) DESC, aaguid`;
  if (rows.length === 0) return ['Nobody has a security key.'];
  return [
    '  keys  of these proved  model',
    ...rows.map(({ aaguid, keys, proven }) => {
      const model = metadata?.models.get(aaguid);
      const said = model
        ? `${model.description}${model.compromised.length > 0 ? `; reported as compromised: ${model.compromised.join(', ')}` : ''}`
        : aaguid === NO_MODEL
          ? 'names no model'
          : metadata
            ? 'not in the list'
            : 'no list was brought';
      return `${String(keys).padStart(6)}  ${String(proven).padStart(15)}  ${aaguid}  ${said}`;
    }),
  ];
}
