import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { Attestation } from '#domain/attestation.ts';
import type { Policy } from '#domain/policy.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parsePolicy } from '#prisma/policy-text.ts';
import { readStatement } from '#prisma/statement-text.ts';
import type { BundleParts } from './bundle-parts.ts';
import type { Receipts } from './check-receipts.ts';
import { counted, fail, finding, type Finding, type Problem } from './finding.ts';
import { byReset, type LeafInLog } from './leaf-in-log.ts';
import { replayReset, type ResetEvidence } from './replay-reset.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A public key of the verifier in PEM (SPKI); undefined when it is not an Ed25519 key. Never throws. */
export function verifierKeyOf(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

type Statements = ReadonlyMap<string, Attestation>;

export function checkStatements(
  { statements }: Pick<BundleParts, 'statements'>,
  key: KeyObject | undefined,
): { finding: Finding; statements: Statements } {
  const signed = new Map<string, Attestation>();
  const problems = statements.flatMap(({ text, signature }, at): Problem[] => {
    const statement = key && readStatement(text, signature, key);
    if (!statement) return [fail(`statement ${at + 1} is not signed by the verifier's key`)];
    signed.set(sha256(text), statement);
    return [];
  });
  if (!key) problems.push(fail('the verifier’s key is no Ed25519 key'));
  return {
    finding: finding(
      'Each statement of who was identified, proven, checked and who decided is signed by the verifier',
      'NIST SP 800-53 AU-10(1), IA-5; PCI DSS 8.3.3; RBI Master Direction 15(b)',
      problems,
      counted(signed.size, 'statement'),
    ),
    statements: signed,
  };
}

/** Plays every reset of the bundle by the policy that it froze. */
export function checkReplay(
  parts: Pick<BundleParts, 'policies'>,
  leaves: readonly LeafInLog[],
  statements: Statements,
  receipts: Receipts,
): Finding {
  const problems: Problem[] = [];
  const policies = new Map<string, Policy>();
  for (const text of parts.policies) {
    try {
      policies.set(sha256(text), parsePolicy(text));
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      problems.push(fail(`the policy ${sha256(text)} cannot be read`));
    }
  }
  const resets = byReset(leaves);
  const lastReset = lastResets(leaves);
  for (const [reset, chain] of resets) {
    const mine = new Map([...statements].filter(([, statement]) => statement.reset === reset));
    problems.push(...replayReset({ reset, leaves: chain, statements: mine, policies, receipts, lastReset, mayBeOpen: false }));
  }
  for (const { reset } of statements.values())
    if (!resets.has(reset)) problems.push(fail(`a statement is about the reset ${reset}, of which there is no leaf`));
  const writes = leaves.filter(({ body }) => body.type === 'write.started').length;
  return finding(
    'Nothing was written but what was intended, witnessed, proven and approved by the policy of that time, by distinct people',
    'NIST SP 800-53 AC-3(2), AC-5; PCI DSS 8.2.4, 8.3.3; RBI Master Direction 9(b), 19(b)',
    problems,
    `${counted(resets.size, 'reset')} and ${counted(writes, 'write')} replayed`,
  );
}

/** Who had their own password set, and when that was begun, which is the time that the writer judged by; as far as these leaves show. */
export function lastResets(leaves: readonly LeafInLog[]): ResetEvidence['lastReset'] {
  const started = leaves.filter(({ body }) => body.type === 'write.started');
  const ofOne = (a: LeafInLog, b: LeafInLog): boolean =>
    a.body.wf?.id === b.body.wf?.id && a.body.do?.['ordinal'] === b.body.do?.['ordinal'];
  const set = leaves
    .filter(({ body }) => body.type === 'write.result' && (body.outcome === 'success' || body.outcome === 'unknown'))
    .map((result) => ({ result, begun: started.findLast((one) => ofOne(one, result)) ?? result }));
  return (person, before) => {
    const last = set.findLast(({ begun }) => begun.index < before && begun.body.target?.guid === person);
    return last && new Date(last.begun.body.t.wall);
  };
}
