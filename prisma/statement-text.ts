import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { DECISION_METHODS, type Attestation } from '#domain/attestation.ts';
import { DOORS, FLAGS } from '#domain/circumstances.ts';
import { OPERATIONS } from '#domain/operation.ts';
import { FACTORS, PROOFS } from '#domain/next.ts';
import { cardRecord, cardShown } from './card-text.ts';
import { deviceShown } from './device-attest-text.ts';
import { openStatement } from '#evidence/attestation.ts';
import { recordShape } from './signed-record.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const common = { v: z.literal(1), id: z.string().min(1), reset: guid, run: guid, account: guid, at: z.iso.datetime() };

/** Exactly domain/attestation.ts: a statement with one field more or less was signed by a version that is not known here. */
const statement = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('identified'),
    sid: z.string(),
    policy: z.string(),
    rule: z.string().nullable(),
    circumstances: z
      .strictObject({ flags: z.array(z.enum(FLAGS)), via: z.enum(DOORS), networks: z.array(z.string()), at: z.iso.datetime() })
      .optional(),
    protected: z.boolean(),
    manager: guid.nullable(),
    pwdLastSet: z.string(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('proof'),
    method: z.enum(PROOFS),
    credential: z.string(),
    issuer: guid.nullable(),
    vouched: z.strictObject({ at: z.iso.datetime(), method: z.enum(FACTORS), credential: z.string() }).exactOptional(),
    device: deviceShown.exactOptional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('factor'),
    method: z.enum(FACTORS),
    credential: z.string(),
    card: cardShown.exactOptional(),
  }),
  z.strictObject({ ...common, kind: z.literal('operation'), operation: z.enum(OPERATIONS) }),
  z.strictObject({
    ...common,
    kind: z.literal('approvers'),
    operation: z.enum(OPERATIONS).exactOptional(),
    stages: z.array(z.strictObject({ people: z.array(guid), escalations: z.array(z.array(guid)) })),
    people: z.array(z.array(guid)).exactOptional(),
    breakGlass: z.array(guid).exactOptional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('decision'),
    operation: z.enum(OPERATIONS).exactOptional(),
    person: guid,
    stage: z.int().min(0),
    decision: z.enum(['approve', 'deny']),
    reason: z.string(),
    onBehalfOf: z
      .strictObject({ person: guid, delegation: guid, record: z.strictObject({ text: z.string(), signature: z.string() }) })
      .exactOptional(),
    method: z.enum(DECISION_METHODS),
    credential: z.string(),
    signed: recordShape.exactOptional(),
    card: cardRecord.exactOptional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('lock'),
    person: guid,
    reason: z.string(),
    method: z.enum(DECISION_METHODS),
    credential: z.string(),
    signed: recordShape.exactOptional(),
  }),
  z.strictObject({ ...common, kind: z.literal('cooling-off'), operation: z.literal('replace-factors'), until: z.iso.datetime() }),
  z.strictObject({ ...common, kind: z.literal('objection'), person: guid }),
  z.strictObject({
    ...common,
    kind: z.literal('replaced'),
    operation: z.literal('replace-factors'),
    credential: z.string(),
    recoveryCodes: z.int().min(0),
    ended: z.array(z.string()),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('break-glass'),
    operation: z.enum(OPERATIONS).exactOptional(),
    person: guid,
    unwitnessed: z.boolean(),
    reason: z.string(),
    review: guid,
    method: z.literal('passkey'),
    credential: z.string(),
    signed: recordShape,
  }),
]);

/** The statement in a text that this key of the verifier signed; undefined when it did not, or when its shape is not known. */
export function readStatement(text: string, signature: Uint8Array, key: KeyObject): Attestation | undefined {
  const parsed = statement.safeParse(openStatement(text, signature, key));
  if (!parsed.success) return undefined;
  if (parsed.data.kind !== 'identified') return parsed.data;
  // Statements from before rules were chosen by circumstances: there was one door, and no policy asked for the rest.
  const { circumstances = { flags: [], via: 'portal', networks: [], at: parsed.data.at }, ...said } = parsed.data;
  return { ...said, circumstances };
}
