import type { Policy } from '#domain/policy.ts';
import type { Transaction } from './client.ts';
import { parseNewPolicy, parsePolicy, policySha256 } from './policy-text.ts';
import { appendLeaf, type Actor } from './leaves.ts';

export interface FrozenPolicy {
  sha256: string;
  policy: Policy;
}

/** Without the signatures of a version: only who judges a publication reads those. */
const NAMED = { sha256: true, text: true } as const;

/** The policy in force. Throws when none is loaded: without a policy nothing is reset. */
export async function policyInForce(db: Transaction): Promise<FrozenPolicy> {
  const row = await db.policyVersion.findFirst({ where: { inForce: true }, select: NAMED });
  if (!row) throw new Error('No policy is in force. Load one with: countersign policy load <file>');
  return { sha256: row.sha256, policy: verified(row) };
}

/** A version by its hash, re-hashed before it is believed. Undefined when it was never loaded or its text was changed. */
export async function policyVersion(db: Transaction, sha256: string): Promise<FrozenPolicy | undefined> {
  const row = await db.policyVersion.findUnique({ where: { sha256 }, select: NAMED });
  return row && policySha256(row.text) === row.sha256 ? { sha256, policy: verified(row) } : undefined;
}

/** Loads a policy text and puts it in force; the versions before it stay for the resets that froze them. Throws PolicyError, also when one of its own tests is red. */
export async function loadPolicy(tx: Transaction, text: string, actor: Actor): Promise<FrozenPolicy> {
  const policy = parseNewPolicy(text);
  const sha256 = policySha256(text);
  await tx.policyVersion.updateMany({ where: { inForce: true, NOT: { sha256 } }, data: { inForce: false } });
  await tx.policyVersion.upsert({ where: { sha256 }, create: { sha256, text, inForce: true }, update: { inForce: true } });
  await appendLeaf(tx, { type: 'policy.loaded', outcome: 'success', actor, do: { sha256, name: policy.name } }, 'ops');
  return { sha256, policy };
}

/** Keeps a text that parsePolicy accepts as a version that nobody signed yet, and answers its hash. Throws PolicyError. */
export async function storePolicyText(db: Pick<Transaction, '$executeRaw'>, text: string): Promise<string> {
  parsePolicy(text);
  const sha256 = policySha256(text);
  await db.$executeRaw`INSERT INTO policy_version (sha256, text) VALUES (${sha256}, ${text}) ON CONFLICT DO NOTHING`;
  return sha256;
}

/** Texts that were parsed once, by their hash: reading one takes milliseconds, and every reset asks for its own several times. */
const read = new Map<string, Policy>();

function verified(row: { sha256: string; text: string }): Policy {
  // Hashed each time, also when it was parsed before: the row may have been changed since.
  if (policySha256(row.text) !== row.sha256) throw new Error(`policy ${row.sha256} does not match its hash`);
  const policy = read.get(row.sha256) ?? parsePolicy(row.text);
  if (read.size >= 100) read.clear();
  read.set(row.sha256, policy);
  return policy;
}
