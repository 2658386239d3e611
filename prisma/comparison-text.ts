import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { OPERATIONS } from '#domain/operation.ts';
import type { ComparisonSummary } from '#domain/policy-comparison.ts';
import { UNREADY } from '#domain/readiness.ts';
import { openStatement } from '#evidence/attestation.ts';
import { canonical, parseCanonical } from '#evidence/jcs.ts';
import { sha256 } from './publication-text.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const ruleId = z.string().nullable();

/** What the verifier signs about a comparison: numbers, and the hash of the names behind them. */
const comparison = z.strictObject({
  v: z.literal(1),
  kind: z.literal('policy-compared'),
  id: z.uuid(),
  policy: hash,
  replaces: hash,
  /** When the directory was read. */
  at: z.iso.datetime(),
  /** Distinguished name of the domain that was read. */
  directory: z.string(),
  cases: z.array(z.strictObject({ address: z.string().nullable(), at: z.iso.datetime() })),
  accounts: count,
  changed: count,
  changes: z.array(z.strictObject({ from: ruleId, to: ruleId, accounts: count })),
  noApprover: count,
  noApproverToday: count,
  /** The same of a replacement of every factor. Earlier releases did not look. */
  noReplacement: count.exactOptional(),
  noReplacementToday: count.exactOptional(),
  /** Who would set up a first app with the password alone. Earlier releases did not look. */
  firstFactor: count.exactOptional(),
  firstFactorToday: count.exactOptional(),
  losing: count,
  gaining: count,
  /** Of whose resets others would be told; a comparison of an earlier release did not look. */
  telling: count.optional(),
  /** How many could do no more what they may do today. Comparisons from before rules said what may be done lack it. */
  taken: z.array(z.strictObject({ operation: z.enum(OPERATIONS), accounts: count })).exactOptional(),
  /** Who could not reset without another person's help, and why; and how ready each organisational unit is. Earlier releases did not look. */
  unready: z.array(z.strictObject({ why: z.enum(UNREADY), accounts: count })).exactOptional(),
  units: z.array(z.strictObject({ unit: z.string(), accounts: count, ready: count, helped: count })).exactOptional(),
  /** What is asked of everybody's security keys, in words; missing where the draft changes nothing about it, or an earlier release did not look. */
  keys: z.strictObject({ today: z.string(), draft: z.string() }).exactOptional(),
  /** Groups that the draft names and the directory does not have. */
  missing: z.array(z.string()),
  names: hash,
});
export type ComparisonText = z.infer<typeof comparison>;

const list = z.array(z.string());
const names = z.strictObject({
  changes: z.array(list),
  noApprover: list,
  noReplacement: list.exactOptional(),
  firstFactor: list.exactOptional(),
  losing: list,
  gaining: list,
  telling: list.optional(),
  taken: z.array(list).exactOptional(),
  unready: z.array(list).exactOptional(),
});
export type ComparedNames = z.infer<typeof names>;

/** The two texts of a comparison: what is signed, and the names that it commits to. */
export function comparisonTexts(
  {
    changed,
    changes,
    noApprover,
    noApproverToday,
    noReplacement,
    noReplacementToday,
    firstFactor,
    firstFactorToday,
    losing,
    gaining,
    telling,
    taken,
    ...now
  }: ComparisonSummary,
  about: Pick<ComparisonText, 'id' | 'policy' | 'replaces' | 'at' | 'directory' | 'cases' | 'missing' | 'keys'>,
): { body: ComparisonText & { telling: number }; names: string } {
  const { unready, units, accounts } = now;
  const text = canonical({
    changes: changes.map((one) => one.names),
    noApprover,
    noReplacement,
    firstFactor,
    losing,
    gaining,
    telling,
    taken: taken.map((one) => one.names),
    unready: unready.map((one) => one.names),
  });
  return {
    body: {
      v: 1,
      kind: 'policy-compared',
      ...about,
      accounts,
      changed: changed.length,
      changes: changes.map(({ from, to, names: found }) => ({ from, to, accounts: found.length })),
      noApprover: noApprover.length,
      noApproverToday,
      noReplacement: noReplacement.length,
      noReplacementToday,
      firstFactor: firstFactor.length,
      firstFactorToday,
      losing: losing.length,
      gaining: gaining.length,
      telling: telling.length,
      taken: taken.map(({ operation, names: found }) => ({ operation, accounts: found.length })),
      unready: unready.map(({ why, names: found }) => ({ why, accounts: found.length })),
      units,
      names: sha256(text),
    },
    names: text,
  };
}

/** A comparison that this key of the verifier signed; undefined otherwise. */
export function readComparison(text: string, signature: Uint8Array, key: KeyObject): ComparisonText | undefined {
  const parsed = comparison.safeParse(openStatement(text, signature, key));
  return parsed.success ? parsed.data : undefined;
}

/** The text of a comparison as it is kept, for a page; whoever decides by it reads it by its signature. */
export function shownComparison(text: string): ComparisonText | undefined {
  const parsed = comparison.safeParse(parsedOrNothing(text));
  return parsed.success ? parsed.data : undefined;
}

/** The names behind a comparison when they are those that it commits to. */
export function namesBehind({ names: wanted }: Pick<ComparisonText, 'names'>, text: string): ComparedNames | undefined {
  if (sha256(text) !== wanted) return undefined;
  const parsed = names.safeParse(parsedOrNothing(text));
  return parsed.success ? parsed.data : undefined;
}

function parsedOrNothing(text: string): unknown {
  try {
    return parseCanonical(text);
  } catch {
    return undefined;
  }
}
