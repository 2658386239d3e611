import { canonicalOrNothing } from '#evidence/jcs.ts';
import { parseLogProof, provesLeaf } from '#evidence/log-proof.ts';
import { Malformed } from '#evidence/malformed.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { intended, intentShape, type IntentLeaf } from '#prisma/intent-text.ts';
import type { Transaction } from '#db';
import { endsOldPassword, operationAsked, type AnyAsked } from './asked.ts';
import { databaseTime } from './claims.ts';
import type { Allowed } from './conditions.ts';
import type { WriterDeps } from './deps.ts';

/** How far a witness's clock may be ahead of the database's. */
const MAX_AHEAD_SECONDS = 120n;

/**
 * Whether the intent of this write is in a checkpoint that the quorum of this writer's own trust policy has cosigned, not
 * too long ago, and says exactly what is about to be done: reset, run, account, ordinal, operation, sealed value, policy and every
 * signed statement. `stale`: witnessed, but so long ago that the password has to be chosen anew. A witness cosigns any
 * leaf, so this alone proves only that nothing is written unseen. `unwitnessed`: only the log itself has signed a tree with
 * it, which is enough where the officers who broke the glass said so, and nowhere else.
 */
export async function witnessedIntent(
  deps: WriterDeps,
  asked: AnyAsked,
  allowed: Allowed,
): Promise<'witnessed' | 'unwitnessed' | 'stale' | 'not-witnessed'> {
  const leaf = await deps.db.leaf.findUnique({ where: { id: asked.intent }, select: { body: true } });
  const receipt = await deps.db.logReceipt.findUnique({ where: { leafId: asked.intent }, select: { proof: true } });
  if (!leaf || !saysThis(leaf.body, asked, allowed)) return 'not-witnessed';
  if (!receipt && allowed.unwitnessed) return (await isSignedByTheLog(deps, asked.intent, leaf.body)) ? 'unwitnessed' : 'not-witnessed';
  if (!receipt || !isInLog(deps.trustPolicy, leaf.body, receipt.proof)) return 'not-witnessed';
  const freshness = { at: await secondsNow(deps.db), maxAge: BigInt(deps.intentSeconds), maxAhead: MAX_AHEAD_SECONDS };
  const judged = judgeCheckpoint(parseLogProof(receipt.proof).checkpoint, deps.trustPolicy, freshness);
  if (judged.ok) return 'witnessed';
  return judged.reason === 'stale' ? 'stale' : 'not-witnessed';
}

async function isSignedByTheLog({ db, trustPolicy }: WriterDeps, intent: string, leaf: string): Promise<boolean> {
  const row = await db.unwitnessedReceipt.findUnique({ where: { leafId: intent }, select: { proof: true } });
  return row !== null && isInLog({ ...trustPolicy, quorum: undefined }, leaf, row.proof);
}

function isInLog(trustPolicy: TrustPolicy, leaf: string, proof: string): boolean {
  try {
    const read = parseLogProof(proof);
    const judged = judgeCheckpoint(read.checkpoint, trustPolicy);
    return judged.ok && provesLeaf(read, leaf, judged.checkpoint);
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

function saysThis(text: string, asked: AnyAsked, { account, policy, statements }: Allowed): boolean {
  const read = intentShape.safeParse(canonicalOrNothing(text));
  if (!read.success) return false;
  const said = read.data;
  const named = said.do.statements.map((one) => one.sha256).toSorted();
  return (
    said.wf.id === `reset/${asked.reset}` &&
    said.wf.run === asked.run &&
    said.target.guid === account.guid &&
    said.target.sid === account.sid &&
    said.policy.sha256 === policy.sha256 &&
    said.policy.rule === policy.rule &&
    said.do.ordinal === asked.ordinal &&
    isIntended(said, asked) &&
    // Exactly those: one that was left out may be a denial.
    named.length === statements.length &&
    statements.toSorted().every((hash, at) => hash === named[at])
  );
}

/** An intent of the one operation is none of the other. */
function isIntended(said: IntentLeaf, asked: AnyAsked): boolean {
  if (intended(said).operation !== operationAsked(asked)) return false;
  if (!('sealed' in asked)) return true;
  if (intended(said).endOldPassword !== endsOldPassword(asked)) return false;
  return 'sealed' in said.do && said.do.sealed === asked.sealed && said.do.digest === asked.digest;
}

async function secondsNow(db: Transaction): Promise<bigint> {
  return BigInt(Math.floor((await databaseTime(db)).getTime() / 1000));
}
