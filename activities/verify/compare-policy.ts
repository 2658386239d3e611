import { setImmediate as otherWork } from 'node:timers/promises';
import type { ComparePolicyAnswer, ComparePolicyAsked } from '#activities/policy-contract.ts';
import { casesOf, comparePolicies, ownerAttributesOf, type Pace } from '#activities/policy/compare.ts';
import { missingGroups } from '#activities/policy/missing-groups.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { momentsOf, summaryOf } from '#domain/policy-comparison.ts';
import { demandsInWords } from '#domain/passkey-demands.ts';
import type { Policy } from '#domain/policy.ts';
import { REFUSALS, type RefusalCode } from '#domain/refusals.ts';
import { signStatement } from '#evidence/attestation.ts';
import type { LeafOutcome } from '#domain/leaf-types.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Database, Transaction } from '#db';
import { comparisonTexts, type ComparisonText } from '#prisma/comparison-text.ts';
import { policyInForce, policyVersion } from '#prisma/policies.ts';
import { sha256 } from '#prisma/publication-text.ts';
import { whyNotAdministrator } from './administrators.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { holdings } from './holdings.ts';
import { databaseTime } from './once.ts';
import type { Person } from './people.ts';

/** Somebody ended it while it ran. */
class Stopped extends Error {}

/**
 * Looks up over the whole directory what a version would change against the one in force, signs what it found and keeps
 * it. The row is the truth: a second call for one that has ended answers how, and a crash in between leaves it running, to be begun anew.
 * Throws DirectoryUnavailable.
 */
export async function comparePolicy(deps: VerifierDeps, { comparison: id }: ComparePolicyAsked): Promise<ComparePolicyAnswer> {
  const row = await deps.db.policyComparison.findUnique({ where: { id } });
  if (!row) return { outcome: 'refused', code: 'not-found' };
  if (row.state !== 'running') return answerOf(row);
  const asker = await deps.people.read(row.askedBy);
  const deed: Deed = { id, askedBy: row.askedBy, asker, sha256: row.policy, replaces: row.replaces };
  const why = await whyNotAdministrator(deps, asker);
  const [before, draft] = [await policyInForce(deps.db), await policyVersion(deps.db, row.policy)];
  if (why) return refuse(deps, deed, why);
  if (!draft) return refuse(deps, deed, 'not-found');
  if (before.sha256 !== row.replaces) return refuse(deps, deed, 'policy-moved-on');
  try {
    await seen(deps.db, id, 0, 0);
    const at = await databaseTime(deps.db);
    const survey = await whileSeen(deps.db, id, deps.people.survey(ownerAttributesOf([before.policy, draft.policy])));
    const policies = { before: before.policy, draft: draft.policy, cardsCount: deps.cards() !== undefined };
    const cases = casesOf([before.policy, draft.policy], momentsOf([before.policy, draft.policy], at));
    const compared = await comparePolicies(survey, await holdings(deps.db), policies, cases, paceOf(deps.db, id));
    const summary = summaryOf(compared);
    const { body, names } = comparisonTexts(summary, {
      id,
      policy: row.policy,
      replaces: row.replaces,
      at: at.toISOString(),
      directory: survey.base,
      cases: cases.map((one) => ({ address: one.address ?? null, at: one.at.toISOString() })),
      ...keysOf(before.policy, draft.policy),
      missing: await missingGroups(draft.policy, (name) => survey.groupSid(name)),
    });
    const { text, signature } = signStatement(body, deps.keys.signing);
    const digest = sha256(text);
    return await end(deps.db, deed, { state: 'done', sha256: digest, body: text, signature: new Uint8Array(signature), names }, (tx) =>
      leaf(tx, deed, 'policy.compared', 'success', {
        do: {
          comparison: digest,
          accounts: body.accounts,
          changed: body.changed,
          no_approver: body.noApprover,
          losing: body.losing,
          gaining: body.gaining,
          telling: body.telling,
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    await deps.db.$transaction((tx) => leaf(tx, deed, 'policy.compared', 'failure', { reason: 'stopped' }));
    return { outcome: 'stopped' };
  }
}

/** What is asked of security keys now and under the draft, where that is not the same; of everybody alike. */
function keysOf(before: Policy, draft: Policy): Pick<ComparisonText, 'keys'> {
  const keys = { today: demandsInWords(before.passkeys), draft: demandsInWords(draft.passkeys) };
  return keys.today === keys.draft ? {} : { keys };
}

interface Deed {
  id: string;
  askedBy: string;
  asker: Person | undefined;
  sha256: string;
  replaces: string;
}

/** Tells the page that somebody is at it as long as the directory is read. */
async function whileSeen<T>(db: Database, id: string, reading: Promise<T>): Promise<T> {
  // That it was stopped meanwhile is noticed at the first stretch of comparing.
  const beat = setInterval(() => void seen(db, id, 0, 0).catch(() => {}), 10 * TELL_EVERY_MS);
  try {
    return await reading;
  } finally {
    clearInterval(beat);
  }
}

const TELL_EVERY_MS = 500;

/** Lets the verifier's other work through at each stretch, and tells the page how far it is twice a second. */
function paceOf(db: Database, id: string): Pace {
  let told = 0;
  return async (looked, total) => {
    await otherWork();
    if (Date.now() - told < TELL_EVERY_MS) return;
    told = Date.now();
    await seen(db, id, looked, total);
  };
}

async function seen(db: Database, id: string, looked: number, total: number): Promise<void> {
  const at = await databaseTime(db);
  const { count } = await db.policyComparison.updateMany({ where: { id, state: 'running' }, data: { looked, total, seenAt: at } });
  if (count === 0) throw new Stopped('the comparison was stopped');
}

type Ending = { state: 'refused'; refusal: RefusalCode } | Kept;
type Kept = { state: 'done'; sha256: string; body: string; signature: Uint8Array<ArrayBuffer>; names: string };

/** How it ended and its leaf stand together or not at all. If we crash before, it is looked up once more. */
async function end(db: Database, { id }: Deed, ending: Ending, record: (tx: Transaction) => Promise<void>): Promise<ComparePolicyAnswer> {
  return db.$transaction(async (tx) => {
    const data = { ...ending, endedAt: await databaseTime(tx) };
    const { count } = await tx.policyComparison.updateMany({ where: { id, state: 'running' }, data });
    if (count === 0) throw new Stopped('the comparison was stopped');
    await record(tx);
    return ending.state === 'done' ? { outcome: 'done', sha256: ending.sha256 } : { outcome: 'refused', code: ending.refusal };
  });
}

function refuse({ db }: VerifierDeps, deed: Deed, code: RefusalCode): Promise<ComparePolicyAnswer> {
  return end(db, deed, { state: 'refused', refusal: code }, (tx) =>
    leaf(tx, deed, 'policy.refused', 'denied', { reason: code, do: { deed: 'compare', fault: null } }),
  );
}

function answerOf(row: { state: string; sha256: string | null; refusal: string | null }): ComparePolicyAnswer {
  if (row.state === 'done' && row.sha256 !== null) return { outcome: 'done', sha256: row.sha256 };
  if (row.state !== 'refused') return { outcome: 'stopped' };
  const code = Object.keys(REFUSALS).find((one): one is RefusalCode => one === row.refusal);
  return { outcome: 'refused', code: code ?? 'service-unavailable' };
}

async function leaf(
  tx: Transaction,
  { askedBy, asker, sha256: policy, replaces }: Deed,
  type: 'policy.compared' | 'policy.refused',
  outcome: LeafOutcome,
  more: { reason?: string; do?: Record<string, Json> },
): Promise<void> {
  const actor = { type: 'person', guid: askedBy, sid: asker?.sid ?? null } as const;
  await recordLeaf(tx, { type, outcome, actor, ...more, do: { sha256: policy, replaces, ...more.do } }, VERIFIER);
}
