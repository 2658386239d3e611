import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { BreakGlassSigned, Identified } from '#domain/attestation.ts';
import { BREAK_GLASS_TAG } from '#domain/break-glass-statement.ts';
import { operationIn, OPERATIONS } from '#domain/operation.ts';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { whyNotSignedBy } from './signed-record.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** Exactly breakGlassStatement in domain/break-glass-statement.ts. */
const statement = z.strictObject({
  v: z.literal(1),
  type: z.literal('break-glass'),
  breakGlass: guid,
  reset: guid,
  workflow: z.string(),
  run: guid,
  account: guid,
  /** What was signed before there was a choice does not say it (domain/operation.ts). */
  operation: z.enum(OPERATIONS).optional(),
  officer: guid,
  unwitnessed: z.boolean(),
  reason: z.string(),
  policy: z.strictObject({ sha256: z.string(), rule: z.string() }),
  shown: z.string(),
  requestCode: z.string(),
  nonce: guid,
  notAfter: z.iso.datetime(),
  evidence: z.strictObject({ size: z.string().regex(/^(0|[1-9][0-9]{0,18})$/), root: z.string() }).nullable(),
});

/** What an officer signed, read; undefined when it is no such statement. Whether it was signed is another question. */
export function readBreakGlass(text: string): z.infer<typeof statement> | undefined {
  const parsed = statement.safeParse(canonicalOrNothing(text));
  return parsed.success ? parsed.data : undefined;
}

/**
 * Why break-glass was not signed by its officer, or undefined when it was: as whyNotSignedBy says, over a statement that
 * says break-glass about just this run of this reset, under the policy that was frozen for it.
 */
export function whyNotSignedBreakGlass(
  said: BreakGlassSigned,
  identified: Identified | undefined,
  verifierKey: KeyObject,
  party?: RelyingParty,
): string | undefined {
  const saysSo = (text: string) => {
    const read = readBreakGlass(text);
    if (!read) return { why: 'what was signed is no break-glass' };
    const isSame =
      read.reset === said.reset &&
      read.workflow === `reset/${said.reset}` &&
      read.run === said.run &&
      read.account === said.account &&
      operationIn(read) === operationIn(said) &&
      read.officer === said.person &&
      read.unwitnessed === said.unwitnessed &&
      read.reason === said.reason &&
      read.policy.sha256 === identified?.policy &&
      read.policy.rule === identified.rule;
    return isSame ? read : { why: 'what was signed is another break-glass' };
  };
  return whyNotSignedBy(said, BREAK_GLASS_TAG, saysSo, verifierKey, party);
}
