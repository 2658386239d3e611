import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { DECISION_METHODS } from '#domain/attestation.ts';
import { HALTS, type HaltAct } from '#domain/halt.ts';
import { openStatement } from '#evidence/attestation.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { whyNotSignedByBoth } from './officer-text.ts';
import { recordShape } from './signed-record.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
/** Exactly OfficerPart in domain/joint-act.ts. */
const part = z.strictObject({
  person: guid,
  reason: z.string(),
  method: z.enum(DECISION_METHODS),
  credential: z.string(),
  at: z.iso.datetime(),
  signed: recordShape.exactOptional(),
});
/** In the first version officers had no keys to sign with. */
const act = { v: z.literal([1, 2]), id: guid, halts: z.enum(HALTS) };

const proposal = z.strictObject({ ...act, kind: z.literal('halt-proposed'), proposed: part, expires: z.iso.datetime() });
/** Both officers in one text: nothing of it can be taken into another act. */
const confirmed = z.strictObject({ ...act, kind: z.literal('halt'), proposed: part, confirmed: part });

export type Proposal = z.infer<typeof proposal>;
export type ConfirmedHalt = z.infer<typeof confirmed>;

/** What of a proposal is the deed itself, besides who proposed it and when. */
export function proposedBody({ halts }: Proposal) {
  return { halts };
}

/** What one officer proposed, when this key of the verifier signed it; undefined otherwise. */
export function readProposal(text: string, signature: Uint8Array, key: KeyObject): Proposal | undefined {
  const parsed = proposal.safeParse(openStatement(text, signature, key));
  return parsed.success ? parsed.data : undefined;
}

/**
 * What two officers halted or lifted, when this key of the verifier signed it; undefined otherwise. Whether they signed it
 * with keys of their own is judged here too. `party`: whose keys and pages count; without it, those that the records name.
 */
export function readHalt(text: string, signature: Uint8Array, key: KeyObject, party?: RelyingParty): (ConfirmedHalt & HaltAct) | undefined {
  const parsed = confirmed.safeParse(openStatement(text, signature, key));
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const signed = whyNotSignedByBoth({ ...data, deed: { halts: data.halts } }, key, party) === undefined;
  // The act begins when the second officer has confirmed it.
  return { ...data, at: data.confirmed.at, by: data.v === 1 ? 'before-keys' : signed ? 'keys' : 'codes' };
}
