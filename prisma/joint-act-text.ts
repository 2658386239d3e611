import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { HALTS, type HaltAct } from '#domain/halt.ts';
import { FACTORS } from '#domain/next.ts';
import { openStatement } from '#evidence/attestation.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
/** One officer's part: who, with which factor, why (a digest), and when. */
const part = z.strictObject({ person: guid, reason: z.string(), method: z.enum(FACTORS), credential: z.string(), at: z.iso.datetime() });
const act = { v: z.literal(1), id: guid, halts: z.enum(HALTS) };

const proposal = z.strictObject({ ...act, kind: z.literal('halt-proposed'), proposed: part, expires: z.iso.datetime() });
/** Both officers in one text: nothing of it can be taken into another act. */
const confirmed = z.strictObject({ ...act, kind: z.literal('halt'), proposed: part, confirmed: part });

export type HaltProposal = z.infer<typeof proposal>;
export type ConfirmedHalt = z.infer<typeof confirmed>;

/** What one officer proposed, when this key of the verifier signed it; undefined otherwise. */
export function readHaltProposal(text: string, signature: Uint8Array, key: KeyObject): HaltProposal | undefined {
  const parsed = proposal.safeParse(openStatement(text, signature, key));
  return parsed.success ? parsed.data : undefined;
}

/** What two officers halted or lifted, when this key of the verifier signed it; undefined otherwise. */
export function readHalt(text: string, signature: Uint8Array, key: KeyObject): (ConfirmedHalt & HaltAct) | undefined {
  const parsed = confirmed.safeParse(openStatement(text, signature, key));
  // The act begins when the second officer has confirmed it.
  return parsed.success ? { ...parsed.data, at: parsed.data.confirmed.at } : undefined;
}
