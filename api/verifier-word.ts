import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { openStatement } from '#evidence/attestation.ts';
import type { SignedWord } from '#workflows/messages.ts';

/** What the verifier says to the API; every word names the session or reset and the update that it answers. */
const words = {
  'sign-in': z.strictObject({
    v: z.literal(1),
    kind: z.literal('sign-in'),
    session: z.string(),
    update: z.string(),
    account: z.string(),
    sid: z.string(),
    roles: z.array(z.string()),
  }),
  'sign-in-factor': z.strictObject({
    v: z.literal(1),
    kind: z.literal('sign-in-factor'),
    session: z.string(),
    update: z.string(),
    account: z.string(),
  }),
  resumed: z.strictObject({ v: z.literal(1), kind: z.literal('resumed'), reset: z.string(), update: z.string(), account: z.string() }),
} as const;
type Words = { [K in keyof typeof words]: z.infer<(typeof words)[K]> };

/** Opens a word of one kind that says what it must about `expected`. Undefined for everything that the verifier did not sign for just this. */
export type HearVerifier = <K extends keyof Words>(
  kind: K,
  word: SignedWord | undefined,
  expected: Partial<Words[K]>,
) => Words[K] | undefined;

/**
 * Hears the verifier through a worker that may lie: a sign-in and the return of a claimant count by its signature alone,
 * checked with the pinned key (SPKI PEM, Ed25519).
 */
export function hearVerifier(publicKeyPem: string): HearVerifier {
  const key = createPublicKey(publicKeyPem);
  return (kind, word, expected) => {
    const body = word && openStatement(word.text, Buffer.from(word.signature, 'base64'), key);
    const parsed = words[kind].safeParse(body);
    if (!parsed.success) return undefined;
    const said = parsed.data as Words[typeof kind]; // parsed by the schema of that kind
    return Object.entries(expected).every(([field, value]) => (said as Record<string, unknown>)[field] === value) ? said : undefined;
  };
}
