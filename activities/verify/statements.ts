import { createHash, randomUUID } from 'node:crypto';
import type {
  ApproversNamed,
  Attestation,
  BreakGlassSigned,
  CoolingOff,
  DecisionConfirmed,
  FactorPassed,
  FactorsReplaced,
  Identified,
  LockConfirmed,
  Objection,
  OperationChosen,
  ProofPassed,
} from '#domain/attestation.ts';
import { operationIn, type Operation } from '#domain/operation.ts';
import { openStatement, signStatement } from '#evidence/attestation.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { Broken } from '#activities/closed-failures.ts';
import { NOBODY, type VerifierDeps } from './deps.ts';
import { databaseTime } from './once.ts';

type Unsigned<A> = A extends Attestation ? Omit<A, 'v' | 'id' | 'at'> : never;

/** Signs a statement at the database's time and keeps its exact text. Returns its id. */
export async function attest(tx: Transaction, deps: Pick<VerifierDeps, 'keys'>, statement: Unsigned<Attestation>): Promise<string> {
  const id = randomUUID();
  const at = await databaseTime(tx);
  const body = { ...statement, v: 1, id, at: at.toISOString() } as unknown as Json; // a statement is plain JSON
  const { text, signature } = signStatement(body, deps.keys.signing);
  await tx.attestation.create({
    data: {
      id,
      resetId: statement.reset,
      kind: statement.kind,
      body: text,
      sha256: createHash('sha256').update(text).digest('hex'),
      signature: new Uint8Array(signature),
      at,
    },
    select: { id: true },
  });
  return id;
}

/** What the verifier said about a reset before, every signature checked again; rows by another hand are left out. */
export interface Said {
  /** The account, or undefined for a decoy. */
  account: string | undefined;
  identified: Identified;
  proofs: ProofPassed[];
  factors: FactorPassed[];
  /** What the claimant asked for; a new password when they were not asked. */
  operation: Operation;
  chosen: OperationChosen[];
  approvers: ApproversNamed[];
  decisions: DecisionConfirmed[];
  locks: LockConfirmed[];
  breakGlass: BreakGlassSigned[];
  coolingOff: CoolingOff[];
  objections: Objection[];
  replaced: FactorsReplaced[];
  /** All of them, in the order of time. */
  all: Attestation[];
}

/**
 * Reads the statements of one run of a reset. Throws Broken when it was never identified, or when the worker names
 * another account than the one that was: the worker's word is not taken for whose codes are checked.
 */
export async function statementsOf(
  db: Pick<Transaction, 'attestation'>,
  deps: Pick<VerifierDeps, 'keys'>,
  asked: { reset: string; run: string; account: string | null },
): Promise<Said> {
  const rows = await db.attestation.findMany({
    where: { resetId: asked.reset },
    orderBy: { at: 'asc' },
    select: { body: true, signature: true },
  });
  const statements = rows
    .map((row): unknown => openStatement(row.body, row.signature, deps.keys.checking))
    .filter(isAttestation)
    .filter((s) => s.reset === asked.reset && s.run === asked.run);
  const identified = statements.find((s): s is Identified => s.kind === 'identified');
  if (!identified) throw new Broken('a reset was asked about that was never identified');
  const account = identified.account === NOBODY ? undefined : identified.account;
  if ((account ?? null) !== asked.account) throw new Broken('the worker names another account than the one identified');
  const mine = statements.filter((s) => s.account === identified.account);
  const chosen = mine.filter((s): s is OperationChosen => s.kind === 'operation');
  return {
    account,
    identified,
    proofs: mine.filter((s): s is ProofPassed => s.kind === 'proof'),
    factors: mine.filter((s): s is FactorPassed => s.kind === 'factor'),
    operation: operationIn(chosen[0] ?? {}),
    chosen,
    approvers: mine.filter((s): s is ApproversNamed => s.kind === 'approvers'),
    decisions: mine.filter((s): s is DecisionConfirmed => s.kind === 'decision'),
    locks: mine.filter((s): s is LockConfirmed => s.kind === 'lock'),
    breakGlass: mine.filter((s): s is BreakGlassSigned => s.kind === 'break-glass'),
    coolingOff: mine.filter((s): s is CoolingOff => s.kind === 'cooling-off'),
    objections: mine.filter((s): s is Objection => s.kind === 'objection'),
    replaced: mine.filter((s): s is FactorsReplaced => s.kind === 'replaced'),
    all: mine,
  };
}

/** The one identification that this process signed in a reset, whatever its run; undefined before, or when there are two. */
export async function identifiedIn(
  db: Pick<Transaction, 'attestation'>,
  deps: Pick<VerifierDeps, 'keys'>,
  reset: string,
): Promise<Identified | undefined> {
  const rows = await db.attestation.findMany({ where: { resetId: reset, kind: 'identified' }, select: { body: true, signature: true } });
  const said = rows
    .map((row): unknown => openStatement(row.body, row.signature, deps.keys.checking))
    .filter(isAttestation)
    .filter((s): s is Identified => s.kind === 'identified' && s.reset === reset);
  return said.length === 1 ? said[0] : undefined;
}

const KINDS: ReadonlySet<string> = new Set([
  'identified',
  'proof',
  'factor',
  'operation',
  'approvers',
  'decision',
  'lock',
  'break-glass',
  'cooling-off',
  'objection',
  'replaced',
] satisfies Attestation['kind'][]);

/** The verifier's key signs these kinds, words and rows; a body with one of these kinds was made by `attest`. */
function isAttestation(body: unknown): body is Attestation {
  return typeof body === 'object' && body !== null && 'kind' in body && typeof body.kind === 'string' && KINDS.has(body.kind);
}
