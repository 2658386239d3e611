import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import {
  isOwnKey,
  type Attestation,
  type BreakGlassSigned,
  type DecisionConfirmed,
  type FactorPassed,
  type Identified,
  type ProofPassed,
} from '#domain/attestation.ts';
import type { Delegation } from '#domain/delegation.ts';
import type { Policy } from '#domain/policy.ts';
import { whyNotSignedBreakGlass } from '#prisma/break-glass-text.ts';
import { signedDecisions, whyNotSignedDecision } from '#prisma/decision-text.ts';
import { whyNotSignedLock } from '#prisma/officer-text.ts';
import { certificateOf } from '#prisma/card-text.ts';
import { whyNotShown } from '#prisma/card-ticket-text.ts';
import { whyNotAttested } from '#prisma/device-attest-text.ts';
import { delegationsOf } from '#prisma/delegation-text.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parsePolicy } from '#prisma/policy-text.ts';
import { readStatement } from '#prisma/statement-text.ts';
import type { BundleParts } from './bundle-parts.ts';
import type { Receipts } from './check-receipts.ts';
import { counted, fail, finding, type Finding, type Problem } from './finding.ts';
import { byReset, type LeafInLog } from './leaf-in-log.ts';
import { operationOfLeaf, replayReset, type ResetEvidence } from './replay-reset.ts';

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

/** Every statement under the verifier's key by its hash, which of the decisions among them their approvers signed, and under which delegations some were taken. */
export interface Checked {
  readonly statements: Statements;
  readonly delegations: ReadonlyMap<string, Delegation>;
  readonly signedDecisions: ReadonlySet<string>;
}

export function checkStatements(
  { statements }: Pick<BundleParts, 'statements'>,
  key: KeyObject | undefined,
): Checked & { finding: Finding; decisions: Finding } {
  const signed = new Map<string, Attestation>();
  const problems = statements.flatMap(({ text, signature }, at): Problem[] => {
    const statement = key && readStatement(text, signature, key);
    if (!statement) return [fail(`statement ${at + 1} is not signed by the verifier's key`)];
    signed.set(sha256(text), statement);
    return [];
  });
  const delegations = key ? delegationsOf([...signed.values()], key) : new Map<string, Delegation>();
  for (const one of signed.values())
    if (one.kind === 'decision' && one.onBehalfOf && !delegations.has(one.id))
      problems.push(fail(`the decision of ${one.person} about the reset ${one.reset} names a delegation that the verifier has not signed`));
  const shown = [...signed.values()].filter((one): one is FactorPassed => one.kind === 'factor' && one.method === 'smart-card');
  for (const one of shown) {
    const why = whyNotShown(one);
    if (why !== undefined) problems.push(fail(`the smart card of the reset ${one.reset}: ${why}`));
  }
  for (const one of signed.values()) {
    const why = one.kind === 'proof' && one.method === 'known-device' ? whyNotOfDevice(one, [...signed.values()]) : undefined;
    if (why !== undefined) problems.push(fail(`the known device of the reset ${one.reset}: ${why}`));
  }
  if (!key) problems.push(fail('the verifier’s key is no Ed25519 key'));
  return {
    finding: finding(
      'Each statement of who was identified, proven, checked and who decided is signed by the verifier',
      'NIST SP 800-53 AU-10(1), IA-5; PCI DSS 8.3.3; RBI Master Direction 15(b)',
      problems,
      `${counted(signed.size, 'statement')}${cardListeners(shown)}`,
    ),
    statements: signed,
    delegations,
    ...checkDecisions([...signed.values()], key),
  };
}

/** Whether the device itself signed, for just this reset and account; how long ago the policy lets it be is judged with the write (replay-reset.ts). */
function whyNotOfDevice(proof: ProofPassed, all: readonly Attestation[]): string | undefined {
  const identified = all.find((one) => one.kind === 'identified' && one.reset === proof.reset && one.run === proof.run);
  if (identified?.kind !== 'identified') return 'nobody was identified';
  return whyNotAttested(proof, { sid: identified.sid, knownWithin: Infinity });
}

/** That whoever is said to have decided with a key of their own has signed just that: checked with the key that was enrolled, or on the card, and nothing else. */
function checkDecisions(
  statements: readonly Attestation[],
  key: KeyObject | undefined,
): { decisions: Finding; signedDecisions: ReadonlySet<string> } {
  const byOwnKey = statements.filter((one): one is DecisionConfirmed => one.kind === 'decision' && isOwnKey(one.method));
  const signedIds = key ? signedDecisions(statements, key) : new Set<string>();
  const identified = (one: DecisionConfirmed | BreakGlassSigned) =>
    statements.find((other): other is Identified => other.kind === 'identified' && other.reset === one.reset && other.run === one.run);
  const problems = byOwnKey
    .filter(({ id }) => !signedIds.has(id))
    .map((one) =>
      fail(
        `the decision of ${one.person} about the reset ${one.reset}: ${(key && whyNotSignedDecision(one, identified(one), key)) ?? 'there is no key'}`,
      ),
    );
  const glass = statements.filter((one): one is BreakGlassSigned => one.kind === 'break-glass');
  for (const one of glass)
    if (!signedIds.has(one.id)) {
      const why = (key && whyNotSignedBreakGlass(one, identified(one), key)) ?? 'there is no key';
      problems.push(fail(`break-glass of ${one.person} for the reset ${one.reset}: ${why}`));
    }
  const origins = [...new Set([...byOwnKey, ...glass].flatMap(({ signed }) => signed?.party.origins ?? []))].toSorted().join(', ');
  for (const lock of statements)
    if (lock.kind === 'lock' && lock.method === 'passkey') {
      const why = key ? whyNotSignedLock(lock, key) : 'there is no key';
      if (why !== undefined) problems.push(fail(`the lock of ${lock.person} on the reset ${lock.reset}: ${why}`));
    }
  const others = statements.filter((one) => one.kind === 'decision').length - byOwnKey.length;
  const rest = others > 0 ? `; ${counted(others, 'decision')} by a one-time code, which only the verifier has seen` : '';
  return {
    decisions: finding(
      'Each decision by passkey or smart card was signed by its approver, over just this reset, account, policy and decision; each lock and each break-glass by its officer',
      'NIST SP 800-53 AU-10; RBI Master Direction 15(b)',
      problems,
      `${counted(signedIds.size, 'signature')}${origins ? `, made on ${origins}` : ''}${cardRoots(byOwnKey)}${rest}`,
    ),
    signedDecisions: signedIds,
  };
}

/** The roots that cards were issued under, for the auditor to compare: the bundle does not know the bank's. */
function cardRoots(of: readonly (DecisionConfirmed | FactorPassed)[]): string {
  const roots = of.flatMap(({ card }) => certificateOf(card?.path.at(-1)) ?? []);
  const named = [...new Set(roots.map(({ subject, sha256 }) => `${subject} (SHA-256 ${sha256})`))].toSorted();
  return named.length > 0 ? `, cards under ${named.join(' and ')}` : '';
}

/** Which keys say that cards were shown, for the same reason. */
function cardListeners(shown: readonly FactorPassed[]): string {
  const keys = shown.flatMap(({ card }) => (card ? [createHash('sha256').update(Buffer.from(card.listener, 'base64')).digest('hex')] : []));
  const named = [...new Set(keys)].toSorted();
  return named.length > 0 ? `; smart cards shown at the listener with the key of SHA-256 ${named.join(' and ')}${cardRoots(shown)}` : '';
}

/** Plays every reset of the bundle by the policy that it froze. */
export function checkReplay(
  parts: Pick<BundleParts, 'policies'>,
  leaves: readonly LeafInLog[],
  { statements, signedDecisions, delegations }: Checked,
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
  const factorChange = factorChanges(leaves);
  const wasEnded = endedDelegations(leaves);
  for (const [reset, chain] of resets) {
    const mine = new Map([...statements].filter(([, statement]) => statement.reset === reset));
    problems.push(
      ...replayReset({
        reset,
        leaves: chain,
        statements: mine,
        signedDecisions,
        policies,
        receipts,
        lastReset,
        factorChange,
        delegations,
        wasEnded,
        mayBeOpen: false,
      }),
    );
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
    .filter((leaf) => operationOfLeaf(leaf) === 'new-password')
    .filter(({ body }) => body.type === 'write.result' && (body.outcome === 'success' || body.outcome === 'unknown'))
    .map((result) => ({ result, begun: started.findLast((one) => ofOne(one, result)) ?? result }));
  return (person, before) => {
    const last = set.findLast(({ begun }) => begun.index < before && begun.body.target?.guid === person);
    return last && new Date(last.begun.body.t.wall);
  };
}

/** Which delegations were withdrawn or declined, and when, as far as these leaves show. */
export function endedDelegations(leaves: readonly LeafInLog[]): ResetEvidence['wasEnded'] {
  const ended = leaves.filter(({ body }) => body.type === 'delegation.withdrawn' && body.outcome === 'success');
  return (delegation, before) => ended.some(({ index, body }) => index < before && body.do?.['delegation'] === delegation);
}

/** Who bound a passkey with codes although they had had one, or had lost every factor and got new ones, and when, as far as these leaves show. */
export function factorChanges(leaves: readonly LeafInLog[]): ResetEvidence['factorChange'] {
  const replacing = leaves.filter(
    ({ body }) =>
      (body.type === 'authenticator.enrolled' && body.do?.['passkey'] !== undefined && body.do['binding'] === 'replacing') ||
      (body.type === 'factors.replaced' && body.outcome === 'success'),
  );
  return (person, before) => {
    const last = replacing.findLast(({ index, body }) => index < before && body.target?.guid === person);
    return last && new Date(last.body.t.wall);
  };
}
