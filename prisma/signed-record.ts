import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { DecisionMethod, SignedRecord } from '#domain/attestation.ts';
import { BINDINGS } from '#domain/ladder.ts';
import { SYNCED_PASSKEYS, type PasskeyFacts } from '#domain/passkey.ts';
import { openStatement } from '#evidence/attestation.ts';
import { chainOf } from '#evidence/certificate-path.ts';
import { certificateOf } from './card-text.ts';
import { whyNotSigned, type RelyingParty, type StatementFault } from '#evidence/signed-statement.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = z.iso.datetime();

/** Exactly passkeyBody in domain/passkey.ts. */
const passkey = z.strictObject({
  v: z.literal(1),
  kind: z.literal('row/passkey'),
  id: guid,
  account: guid,
  credential: z.string(),
  spki: z.string(),
  algorithm: z.int(),
  aaguid: z.string(),
  synced: z.boolean(),
  rp: z.string(),
  transports: z.array(z.string()),
  binding: z.enum(BINDINGS),
  enrolled: time,
  model: z
    .strictObject({
      format: z.literal('packed'),
      chain: z.array(z.string()),
      metadata: z.strictObject({ number: z.int(), sha256: z.string() }),
    })
    .optional(),
});

/** What the verifier signed of a passkey when it was enrolled; undefined when it did not. */
export function readPasskey(text: string, signature: Uint8Array, verifierKey: KeyObject): PasskeyFacts | undefined {
  const parsed = passkey.safeParse(openStatement(text, signature, verifierKey));
  return parsed.success ? parsed.data : undefined;
}

const text = z.string().max(20_000);

/** Exactly SignedRecord in domain/attestation.ts. */
export const recordShape = z.strictObject({
  text,
  clientDataJSON: text,
  authenticatorData: text,
  signature: text,
  passkey: z.strictObject({ text, signature: text }),
  party: z.strictObject({ id: z.string(), origins: z.array(z.string()) }),
});

const bytes = (base64url: string): Buffer => Buffer.from(base64url, 'base64url');

/** The key that a record was signed with, as the verifier enrolled it; undefined when it did not. */
export function keyOfRecord({ passkey: { text, signature } }: SignedRecord, verifierKey: KeyObject): PasskeyFacts | undefined {
  return readPasskey(text, bytes(signature), verifierKey);
}

/** Why what a record holds was not signed for this purpose with this key on such a page, or undefined when it was. */
export function recordFault(tag: string, record: SignedRecord, key: PasskeyFacts, party: RelyingParty): StatementFault | undefined {
  const { text, clientDataJSON, authenticatorData, signature } = record;
  const signed = {
    text,
    clientDataJSON: bytes(clientDataJSON),
    authenticatorData: bytes(authenticatorData),
    signature: bytes(signature),
  };
  // What a key was when it was enrolled it stays, whatever it says of itself later.
  if (key.synced) return 'backup-eligible';
  return whyNotSigned(tag, signed, { spki: Buffer.from(key.spki, 'base64'), algorithm: key.algorithm }, party, { synced: SYNCED_PASSKEYS });
}

/** Whether the certificates by which a key proved its model lead to each other, up to the root that they name, on the day of its enrolment. Whose root that is, the list of models says. */
export function isModelChain({ model, enrolled }: Pick<PasskeyFacts, 'model' | 'enrolled'>): boolean {
  if (!model) return true;
  const chain = model.chain.flatMap((one) => certificateOf(one) ?? []);
  const [own, ...between] = chain;
  const root = chain.at(-1);
  if (!own || !root || chain.length < model.chain.length) return false;
  const found = chainOf(own, { roots: [root], between }, new Date(enrolled));
  return 'path' in found && found.path.length === between.length;
}

/** Who is said to have confirmed something, with what and when; and what their key signed. */
export interface SaidToBeSigned {
  person: string;
  method: DecisionMethod;
  credential: string;
  at: string;
  signed?: SignedRecord;
}

/** The verifier and a writer may be two hosts, and what was signed is attested a moment after its ceremony has ended. */
export const SLACK_MS = 60_000;

/**
 * Why something was not signed by the person who is said to have, or undefined when it was: with a key that the verifier
 * had enrolled for just them before, in time. `saysSo` judges the text: it answers until when the ceremony ran, or why the
 * text says something else. `party`: whose keys and pages count; without it, those that the record names.
 */
export function whyNotSignedBy(
  { person, method, credential, at, signed }: SaidToBeSigned,
  tag: string,
  saysSo: (text: string) => { notAfter: string } | { why: string },
  verifierKey: KeyObject,
  party?: RelyingParty,
): string | undefined {
  if (method !== 'passkey' || !signed) return 'it was not signed with a passkey';
  const key = keyOfRecord(signed, verifierKey);
  if (!key) return "its passkey was not enrolled by the verifier's key";
  if (key.id !== credential || key.account !== person) return 'its passkey is not that of the person';
  if (Date.parse(key.enrolled) > Date.parse(at)) return 'its passkey was enrolled later';
  if (!isModelChain(key)) return 'the certificates of its passkey do not lead to the root that they name';
  const said = saysSo(signed.text);
  if ('why' in said) return said.why;
  if (!(Date.parse(at) <= Date.parse(said.notAfter) + SLACK_MS)) return 'it was confirmed after its ceremony had ended';
  const allowed = party ?? signed.party;
  if (key.rp !== allowed.id) return 'its passkey was made for another relying party';
  const fault = recordFault(tag, signed, key, allowed);
  return fault && `its signature does not hold (${fault})`;
}
