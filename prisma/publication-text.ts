import { createHash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { SignedRecord } from '#domain/attestation.ts';
import { POLICY_TAG, type PinnedPublishers, type Publication, type Seen } from '#domain/policy-publication.ts';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { keyOfRecord, recordFault, recordShape } from './signed-record.ts';

const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);
const common = {
  account: z.uuid(),
  nonce: z.uuid(),
  notAfter: z.iso.datetime(),
  policy: sha256Text,
  replaces: sha256Text,
};
export const seenText = z.union([z.strictObject({ comparison: sha256Text }), z.strictObject({ without: sha256Text })]);
/** Before comparisons were shown, version 1 said nothing of them; what it published stays published. */
const [first, second] = [
  { ...common, v: z.literal(1) },
  { ...common, v: z.literal(2), seen: seenText },
];
/** Exactly the statements of domain/policy-publication.ts. */
const draft = z.union([
  z.strictObject({ ...first, type: z.literal('policy/draft') }),
  z.strictObject({ ...second, type: z.literal('policy/draft') }),
]);
const publish = z.union([
  z.strictObject({ ...first, type: z.literal('policy/publish'), draft: sha256Text }),
  z.strictObject({ ...second, type: z.literal('policy/publish'), draft: sha256Text }),
]);

const publication = z.strictObject({ draft: recordShape, publish: recordShape });

/** A stored record of what somebody signed, or undefined when it has not this shape. */
export function readRecord(value: unknown): SignedRecord | undefined {
  const parsed = recordShape.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** What whoever signed this record knew of whom the version affects; undefined when they signed before comparisons were shown. */
export function seenIn({ text }: Pick<SignedRecord, 'text'>): Seen | undefined {
  const said = z.looseObject({ seen: seenText }).safeParse(canonicalOrNothing(text));
  return said.success ? said.data.seen : undefined;
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A stored publication, or undefined when it has not this shape. */
export function readPublication(value: unknown): Publication | undefined {
  const parsed = publication.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Who counts: the verifier's key that enrolled people's keys, the pinned publishers, and for which site keys are made. */
export interface PublishersTrust {
  verifierKey: KeyObject;
  pinned: PinnedPublishers;
  /** Without it, the site that each record names. */
  party?: RelyingParty;
}

/**
 * Why a version of the policy does not count, in a sentence, or undefined when it does: the operator pinned it by hand, or
 * one pinned publisher signed it as a draft and another signed its publication, of just this text.
 */
export function whyNotPublished(policy: string, stored: unknown, trust: PublishersTrust): string | undefined {
  if (trust.pinned.policies.includes(policy)) return undefined;
  const found = readPublication(stored);
  if (!found) return 'it was not published by two people, and the operator did not pin it';
  const author = signer(found.draft, trust);
  if (typeof author === 'string') return `its draft: ${author}`;
  const publisher = signer(found.publish, trust);
  if (typeof publisher === 'string') return `its publication: ${publisher}`;
  const drafted = draft.safeParse(canonicalOrNothing(found.draft.text));
  const published = publish.safeParse(canonicalOrNothing(found.publish.text));
  if (!drafted.success || drafted.data.account !== author.account) return 'what its author signed is no draft of theirs';
  if (!published.success || published.data.account !== publisher.account) return 'what its publisher signed is no publication of theirs';
  if (drafted.data.policy !== policy || published.data.policy !== policy) return 'another text was signed';
  if (published.data.draft !== sha256(found.draft.text) || published.data.replaces !== drafted.data.replaces)
    return 'its publisher signed another draft';
  if (author.account === publisher.account || author.key === publisher.key) return 'one person drafted and published it';
  return undefined;
}

function signer(signed: SignedRecord, { verifierKey, pinned, party }: PublishersTrust): { account: string; key: string } | string {
  const key = keyOfRecord(signed, verifierKey);
  if (!key) return "the key was not enrolled by the verifier's key";
  const fingerprint = sha256(Buffer.from(key.spki, 'base64'));
  if (!pinned.publishers.some((one) => one.account === key.account && one.spki === fingerprint)) return 'its signer is no pinned publisher';
  const allowed = party ?? signed.party;
  if (key.rp !== allowed.id) return 'the key was made for another site';
  const fault = recordFault(POLICY_TAG, signed, key, allowed);
  return fault === undefined ? { account: key.account, key: fingerprint } : `the signature does not hold (${fault})`;
}
