import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { HALTS, type HaltAct } from '#domain/halt.ts';
import { openStatement } from '#evidence/attestation.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { campaignAsked, campaignCovers } from './campaign-text.ts';
import { scopeText } from './delegation-text.ts';
import { forAnother, officerPart, whyNotSignedByBoth } from './officer-text.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
/** In the first version officers had no keys to sign with. */
const v = z.literal([1, 2]);
const proposed = { v, id: guid, proposed: officerPart, expires: z.iso.datetime() };
const halt = { halts: z.enum(HALTS) };
const delegation = { delegate: forAnother, means: z.strictObject({ from: guid, to: guid, scope: scopeText }) };
const proposal = z.discriminatedUnion('kind', [
  z.strictObject({ ...proposed, ...halt, kind: z.literal('halt-proposed') }),
  z.strictObject({ ...proposed, ...delegation, kind: z.literal('delegation-proposed') }),
  z.strictObject({ ...proposed, campaign: campaignAsked, covers: campaignCovers, kind: z.literal('campaign-proposed') }),
]);
/** Both officers in one text: nothing of it can be taken into another act. What two officers delegate has its own (delegation-text.ts), and so has a campaign (campaign-text.ts). */
const confirmed = z.strictObject({ v, id: guid, ...halt, kind: z.literal('halt'), proposed: officerPart, confirmed: officerPart });

export type Proposal = z.infer<typeof proposal>;
export type ConfirmedHalt = z.infer<typeof confirmed>;

/** What of a proposal is the deed itself, besides who proposed it and when. */
export function proposedBody(one: Proposal) {
  if (one.kind === 'campaign-proposed') return { campaign: one.campaign, covers: one.covers };
  return one.kind === 'halt-proposed' ? { halts: one.halts } : { delegate: one.delegate, means: one.means };
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
  const deed = { halts: data.halts };
  const signed = whyNotSignedByBoth({ ...data, proposes: deed, confirms: deed }, key, party) === undefined;
  // The act begins when the second officer has confirmed it.
  return { ...data, at: data.confirmed.at, by: data.v === 1 ? 'before-keys' : signed ? 'keys' : 'codes' };
}
