import { peopleOfStatement, type Attestation } from '#domain/attestation.ts';
import { operationIn, OPERATIONS, type Operation } from '#domain/operation.ts';
import type { Delegation } from '#domain/delegation.ts';
import type { Policy } from '#domain/policy.ts';
import { isTerminal, mayMove, RESET_STATES, type ResetState } from '#domain/reset-state.ts';
import { judgeWrite } from '#domain/write-conditions.ts';
import { readBreakGlass } from '#prisma/break-glass-text.ts';
import { readDecision } from '#prisma/decision-text.ts';
import { whyNotAttested } from '#prisma/device-attest-text.ts';
import { intended, intentShape, type IntentLeaf } from '#prisma/intent-text.ts';
import type { Receipts } from './check-receipts.ts';
import { asFarAsKnown, someone } from './as-far-as-known.ts';
import { fail, incomplete, type Problem } from './finding.ts';
import { orderInReset, type LeafInLog } from './leaf-in-log.ts';
import { whyNotReplaced } from './replay-replacement.ts';
import { endsOldPassword, hasThrownAway, pwdLastSetBy, whyNotCounted, whyNotOnce, whyNotOver } from './replay-versions.ts';

/** All that is known of one reset: its leaves in the order of their numbers, and what they rest on. */
export interface ResetEvidence {
  readonly reset: string;
  readonly leaves: readonly LeafInLog[];
  /** Every statement under the verifier's key, by the SHA-256 of its text. */
  readonly statements: ReadonlyMap<string, Attestation>;
  /** Ids of the decisions among them that their approvers signed. */
  readonly signedDecisions: ReadonlySet<string>;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly receipts: Receipts;
  /** When each person's own password was last set before an index of the log, as far as the leaves show. */
  readonly lastReset: (person: string, before: bigint) => Date | undefined;
  /** When each person's factors were last replaced before an index, as far as the leaves show. */
  readonly factorChange: (person: string, before: bigint) => Date | undefined;
  /** By the ids of the decisions taken under them, delegations that the verifier signed. */
  readonly delegations: ReadonlyMap<string, Delegation>;
  /** Whether a delegation was ended before an index, as far as the leaves show. */
  readonly wasEnded: (delegation: string, before: bigint) => boolean;
  /** Of a log that is still running a reset need not have ended. */
  readonly mayBeOpen: boolean;
}

/**
 * Plays the state machine over the leaves of a reset: moves are allowed ones, every write had its intent before it, seen
 * by the witnesses before the write, resting on statements that the verifier signed, and by the frozen policy the writer
 * was right to write (domain/write-conditions.ts, the same rule that the writer asked). What only the directory knew
 * then is taken as the writer found it: see not-proven.ts.
 */
export function replayReset(evidence: ResetEvidence): Problem[] {
  const problems = [...moves(evidence), ...statementLeaves(evidence)];
  const applied: LeafInLog[] = [];
  for (const leaf of evidence.leaves) {
    const { type, outcome } = leaf.body;
    if (type === 'write.started') problems.push(...whyNotStarted(evidence, leaf));
    if (type === 'write.result' && (outcome === 'success' || outcome === 'unknown')) {
      applied.push(leaf);
      const started = earlier(evidence, leaf, 'write.started');
      if (!started) problems.push(fail(`leaf ${leaf.index}: a write has a result and was never started`));
      else problems.push(...whyNotCounted(started, leaf));
    }
    if (type === 'write.verified' && outcome === 'success') {
      const result = earlier(evidence, leaf, 'write.result', 'write.settled');
      if (!result) problems.push(fail(`leaf ${leaf.index}: a password was bound that nobody wrote`));
      else problems.push(...whyNotBound(evidence, leaf, result));
    }
    if (type === 'write.unlocked') problems.push(...whyNotUnlocked(evidence, leaf));
    if (type === 'factors.replaced' && outcome === 'success') problems.push(...whyNotReplaced(evidence, leaf));
    if (leaf.body.do?.['state'] === 'done' && !evidence.leaves.some(hasDone(leaf)))
      problems.push(
        fail(
          `leaf ${leaf.index}: the reset is done, and neither was a new password bound, nor the account unlocked, nor its factors replaced`,
        ),
      );
  }
  const [thrown, chosen] = [applied.filter(endsOldPassword), applied.filter((leaf) => !endsOldPassword(leaf))];
  if (chosen.length > 1) problems.push(fail(`the account was changed ${chosen.length} times`));
  if (thrown.length > 1) problems.push(fail(`the old password was ended ${thrown.length} times`));
  return problems.map(({ verdict, said }) => ({ verdict, said: `reset ${evidence.reset}: ${said}` }));
}

const isBefore = (one: LeafInLog, other: LeafInLog): boolean => orderInReset(one) < orderInReset(other);
/** What a reset comes to: a password that was bound, an account that is unlocked, or factors that were replaced. */
const hasDone =
  (before: LeafInLog) =>
  (leaf: LeafInLog): boolean =>
    isBefore(leaf, before) &&
    ['write.verified', 'write.unlocked', 'factors.replaced'].includes(leaf.body.type) &&
    leaf.body.outcome === 'success';

/** The throw-away password over which this write was made, if one was set in this reset before it. */
function thrownAway({ leaves }: ResetEvidence, write: LeafInLog): LeafInLog | undefined {
  if (endsOldPassword(write)) return undefined;
  return leaves.findLast((one) => isBefore(one, write) && hasThrownAway(one));
}

function whyNotBound(evidence: ResetEvidence, bound: LeafInLog, result: LeafInLog): Problem[] {
  if (endsOldPassword(result)) return [fail(`leaf ${bound.index}: a throw-away password was bound, which nobody may know`)];
  const thrown = thrownAway(evidence, result);
  return [result, ...(thrown ? [thrown] : [])].flatMap((one) => whyNotOnce(earlier(evidence, one, 'write.started'), one));
}

/** The writer's own read-back says it: the lock is gone, and the password is the one that was there before. */
function whyNotUnlocked(evidence: ResetEvidence, leaf: LeafInLog): Problem[] {
  const [result, started] = [earlier(evidence, leaf, 'write.result'), earlier(evidence, leaf, 'write.started')];
  const said = leaf.body.do;
  if (result?.body.outcome !== 'success' || operationOfLeaf(leaf) !== 'unlock' || operationOfLeaf(result) !== 'unlock')
    return [fail(`leaf ${leaf.index}: an account is said to be unlocked that nobody unlocked`)];
  const isSame = said?.['pwdLastSet'] === started?.body.do?.['pwdLastSet'] && said?.['version'] === said?.['versionBefore'];
  if (said?.['lockoutTime'] === '0' && isSame) return [];
  return [fail(`leaf ${leaf.index}: an account is said to be unlocked, and it was locked or its password another`)];
}

/** What a leaf of the writer is about; those about a new password do not say it. */
export function operationOfLeaf({ body }: Pick<LeafInLog, 'body'>): Operation {
  return operationIn({ operation: OPERATIONS.find((one) => one === body.do?.['operation']) });
}

function earlier({ leaves }: ResetEvidence, leaf: LeafInLog, ...types: string[]): LeafInLog | undefined {
  const ordinal = leaf.body.do?.['ordinal'];
  return leaves.findLast((one) => isBefore(one, leaf) && types.includes(one.body.type) && one.body.do?.['ordinal'] === ordinal);
}

function moves({ leaves, mayBeOpen }: ResetEvidence): Problem[] {
  const problems: Problem[] = [];
  let state: ResetState = 'proving';
  let step = 0;
  for (const { index, body } of leaves) {
    // A sweep ends a reset whose workflow is gone; there is no step of a workflow then.
    const next = RESET_STATES.find((one) => one === body.do?.['state']) ?? (body.type === 'reset.refused' ? 'expired' : undefined);
    if (!next) continue;
    if (next !== state && !mayMove(state, next)) problems.push(fail(`leaf ${index}: no reset goes from ${state} to ${next}`));
    state = next;
    const at = Number(body.do?.['step'] ?? step + 1);
    if (at <= step) problems.push(fail(`leaf ${index}: step ${at} comes after step ${step}`));
    step = at;
  }
  if (!mayBeOpen && !isTerminal(state)) problems.push(incomplete(`it has not ended yet, it is ${state}`));
  return problems;
}

/** Every statement that passed, and every decision, was written with a leaf that names it, in one transaction. */
function statementLeaves({ leaves, statements }: ResetEvidence): Problem[] {
  const named = new Set(leaves.map(({ body }) => body.do?.['attestation']).filter((id) => typeof id === 'string'));
  const signed = [...statements.values()];
  const ids = new Set(signed.map(({ id }) => id));
  return [
    ...signed
      .filter(({ id, kind }) => kind !== 'identified' && !named.has(id))
      .map(({ kind }) => fail(`a ${kind} was signed and no leaf says so`)),
    ...leaves
      .filter(({ body }) => typeof body.do?.['attestation'] === 'string' && !ids.has(body.do['attestation']))
      .map(({ index }) => fail(`leaf ${index} names a statement that the verifier's key has not signed, or that is missing`)),
    ...leaves.flatMap((leaf) => signed.flatMap((one) => (one.id === leaf.body.do?.['attestation'] ? whyNotAsSigned(leaf, one) : []))),
  ];
}

/** What the approver's key signed about what was shown stands in the leaf too; and the tree that their page knew was there before it. */
function whyNotAsSigned({ index, body }: LeafInLog, statement: Attestation): Problem[] {
  const record = statement.kind === 'decision' ? (statement.signed ?? statement.card) : undefined;
  const said = statement.kind === 'break-glass' ? readBreakGlass(statement.signed.text) : record && readDecision(record.text);
  if (!said) return [];
  return [
    ...(body.do?.['shown_c'] === said.shown ? [] : [fail(`leaf ${index}: what the approver was shown is not what was signed`)]),
    ...(said.evidence && BigInt(said.evidence.size) > index
      ? [fail(`leaf ${index}: the approver's page knew a log of ${said.evidence.size} leaves, which came later`)]
      : []),
  ];
}

function whyNotStarted(evidence: ResetEvidence, write: LeafInLog): Problem[] {
  const found = earlier(evidence, write, 'intent');
  const at = `leaf ${write.index}`;
  if (!found) return [fail(`${at}: a write was started without an intent before it`)];
  const read = intentShape.safeParse(found.body);
  if (!read.success) return [fail(`leaf ${found.index} is no intent that a writer could have accepted`)];
  const intent = read.data;
  const { target, policy, wf } = write.body;
  const isSame =
    intended(intent).operation === operationOfLeaf(write) &&
    intended(intent).digest === write.body.do?.['digest'] &&
    intended(intent).endOldPassword === endsOldPassword(write) &&
    intent.target.guid === target?.guid &&
    intent.target.sid === target.sid &&
    intent.policy.sha256 === policy?.sha256 &&
    intent.policy.rule === policy.rule &&
    intent.wf.id === `reset/${evidence.reset}` &&
    intent.wf.run === wf?.run;
  if (!isSame) return [fail(`${at}: what was written is not what leaf ${found.index} intended`)];
  return [
    ...whyNotWitnessed(evidence, found, write),
    ...whyLocked(evidence, write),
    ...whyNotOver(thrownAway(evidence, write), write),
    ...whyNotAllowed(evidence, found, intent, write),
  ];
}

/**
 * The tree that the writer was shown held the intent and not yet the write: so the intent was witnessed before. A write that
 * says it was made before that, under break-glass, still has to have been cosigned later.
 */
function whyNotWitnessed({ receipts }: ResetEvidence, intent: LeafInLog, write: LeafInLog): Problem[] {
  const receipt = receipts.get(intent.index);
  if (write.body.do?.['witnessed'] === false)
    return receipt
      ? []
      : [
          fail(
            `leaf ${write.index}: it was written under break-glass before its intent was witnessed, and nothing shows that the witnesses cosigned it later`,
          ),
        ];
  if (!receipt) return [incomplete(`no receipt shows that the intent, leaf ${intent.index}, was witnessed before the write`)];
  return receipt.size <= write.index ? [] : [fail(`leaf ${write.index}: the write was in the log before its intent was witnessed`)];
}

/** Verifier and writer take their turns over one account, so a lock that is in the chain before a write was there for the writer to see. */
function whyLocked({ leaves }: ResetEvidence, write: LeafInLog): Problem[] {
  const lock = leaves.find((leaf) => leaf.body.type === 'reset.locked' && isBefore(leaf, write));
  return lock ? [fail(`leaf ${write.index}: a write was started after an officer had locked the reset with leaf ${lock.index}`)] : [];
}

function whyNotAllowed(evidence: ResetEvidence, leaf: LeafInLog, intent: IntentLeaf, write: LeafInLog): Problem[] {
  const named = intent.do.statements.map(({ sha256 }) => sha256);
  const statements = named.map((hash) => evidence.statements.get(hash)).filter((one) => one !== undefined);
  if (statements.length < named.length)
    return [
      fail(
        `leaf ${leaf.index} names ${named.length - statements.length} statements that the verifier's key has not signed, or that are missing`,
      ),
    ];
  const earlierIds = new Set(evidence.leaves.filter((one) => isBefore(one, leaf)).map(({ body }) => body.do?.['attestation']));
  for (const [hash, { id, kind }] of evidence.statements)
    if (earlierIds.has(id) && !named.includes(hash)) return [fail(`leaf ${leaf.index} leaves out a ${kind} that was signed before it`)];
  const policy = evidence.policies.get(intent.policy.sha256);
  if (!policy) return [incomplete(`the text of the policy ${intent.policy.sha256} is not in the bundle`)];
  const identified = statements.find((one) => one.kind === 'identified');
  const rule = policy.rules.find(({ id }) => id === intent.policy.rule);
  if (!rule || identified?.rule !== rule.id)
    return [fail(`leaf ${leaf.index}: the rule ${intent.policy.rule} is not the one that was frozen`)];
  const writerClass = write.body.by.process === 'writer-privileged' ? 'privileged' : 'staff';
  const people = statements.flatMap(peopleOfStatement);
  const resets = people.map((guid) => [guid, evidence.lastReset(guid, write.index)] as const);
  const changes = people.map((guid) => [guid, evidence.factorChange(guid, write.index)] as const);
  const judged = judgeWrite({
    reset: evidence.reset,
    run: intent.wf.run,
    writerClass,
    operation: operationOfLeaf(write),
    policy,
    policySha256: intent.policy.sha256,
    // As the writer does: what a device said longer ago than the policy bears counts for nothing.
    attestations: statements.filter((one) => isOfKnownDevice(one, { sid: identified.sid, knownWithin: policy.devices.knownWithin })),
    account: {
      ...someone(intent.target.guid, []),
      sid: intent.target.sid,
      dn: policy.serves[0] ?? '',
      protectedBy: writerClass === 'privileged' ? 'as the writer found it' : undefined,
      managerGuid: identified.manager ?? undefined,
      // As the writer found it: it unlocks nobody who is not locked.
      locked: operationOfLeaf(write) === 'unlock' && write.body.do?.['lockoutTime'] !== '0',
      pwdLastSet: String(write.body.do?.['pwdLastSet']),
    },
    setBefore: pwdLastSetBy(thrownAway(evidence, write)),
    // The rule has to be one that may have been chosen, by what was signed; where the account stood is not in the bundle.
    place: undefined,
    people: new Map(people.map((guid) => [guid, someone(guid, [])])),
    // Whoever was frozen stands for eligible still: what the directory said then is not in the bundle.
    sources: rule.approvals.map(() => people.map((person) => ({ person }))),
    voucherSources: people.map((person) => ({ person })),
    breakGlassSources: people.map((person) => ({ person })),
    lastResets: new Map(resets.flatMap(([guid, at]) => (at ? [[guid, at]] : []))),
    // What was ended since is not in the bundle of one reset: the writer looked, and its word is taken here.
    revoked: new Set(),
    factorChanges: new Map(changes.flatMap(([guid, at]) => (at ? [[guid, at]] : []))),
    signedDecisions: evidence.signedDecisions,
    delegations: new Map([...evidence.delegations].map(([decision, one]) => [decision, asFarAsKnown(one)])),
    // Between intent and write the writer may have looked a moment before: what was ended before the intent it had to see.
    withdrawn: new Set([...evidence.delegations.values()].map(({ id }) => id).filter((id) => evidence.wasEnded(id, leaf.index))),
    now: new Date(write.body.t.wall),
  });
  if ('refused' in judged) return [fail(`leaf ${write.index}: by the policy of that time the writer had to refuse (${judged.refused})`)];
  const said = write.body.do ?? {};
  if (said['witnessed'] === false && !judged.unwitnessed)
    return [fail(`leaf ${write.index}: it was written before its intent was witnessed, and no officers had allowed that`)];
  return judged.by === 'break-glass' && said['by'] !== 'break-glass'
    ? [fail(`leaf ${write.index}: it was written under break-glass, and does not say so`)]
    : [];
}

function isOfKnownDevice(one: Attestation, asked: { sid: string; knownWithin: number }): boolean {
  return one.kind !== 'proof' || one.method !== 'known-device' || whyNotAttested(one, asked) === undefined;
}
