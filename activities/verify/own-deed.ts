import { recordLeaf } from '#activities/record-leaf.ts';
import type { DecisionMethod } from '#domain/attestation.ts';
import type { FactorMethod } from '#domain/next.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { NewLeaf } from '#prisma/leaves.ts';
import type { Transaction } from '#db';
import { askToTellOfFactors } from './ask-to-tell-of-factors.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import type { Person } from './people.ts';
import { fromWhere, type Typed } from './typed.ts';

/** What somebody signed in seals together with their own account: the worker cannot do it in another's name. */
type DeedPurpose =
  | 'lock'
  | 'joint-act'
  | 'campaign-deed'
  | 'device-deed'
  | 'delegation'
  | 'delegation-end'
  | 'review'
  | 'objection'
  | 'own-factor'
  | 'vouch'
  | 'passkey'
  | 'passkey-removal'
  | 'policy-deed';

interface OwnDeed<P extends DeedPurpose> {
  purpose: P;
  /** The reset or request that it belongs to, and the update that brought it. */
  subject: string;
  updateId: string;
  sealed: string;
  account: string;
  /** At the operator's terminal nobody is signed in: the name that is sealed in the place of their account, which was found by it. */
  typedAs?: string;
}

type Facts = Pick<NewLeaf, 'reset' | 'update' | 'account' | 'do' | 'personal'>;
/** `consumed`: what was shown and is used up all the same. */
export type Refused = { refusal: RefusalCode; fault?: string; consumed?: readonly string[] };
/** Nothing is recorded, and nothing used up, of what was done before. */
type Done<A> = { answer: A; leaf?: undefined } | { answer: A; leaf: { type: NewLeaf['type'] } & Facts; by: Confirmed };
/** A ticket, of the help desk or of a letter, confirms beside the password only. */
export type Confirmed = {
  method: DecisionMethod | FactorMethod | 'issued-code' | 'enrolment-ticket' | 'password' | 'totp recovery-code';
  credential: string | null;
  consumed: string | readonly string[];
};

/** What confirms beside the password and is no second factor. */
const ALONE: readonly string[] = ['issued-code', 'enrolment-ticket', 'password'];

/** What is to be done, judged by the directory as it was read before; `about` is what a refusal's leaf says. */
interface Prepared<A> {
  about: Partial<Pick<NewLeaf, 'type'>> & Facts;
  act: (tx: Transaction) => Promise<Refused | Done<A>>;
}

/**
 * The one way in which somebody who is signed in does something that they confirm themselves: what they sealed is opened,
 * whoever is concerned is read from the directory (`prepare`), and then judged, confirmed, done and recorded in one transaction,
 * once. A retry gets the first outcome. What was not sealed for just this account is refused as `service-unavailable`.
 */
export async function ownDeed<P extends DeedPurpose, A extends { outcome: 'done' | 'confirmed' }>(
  deps: VerifierDeps,
  { purpose, account, typedAs, ...attempt }: OwnDeed<P>,
  refused: { type: NewLeaf['type'] } & Facts,
  prepare: (typed: Typed<P>, person: Person | undefined) => Promise<Prepared<A>>,
): Promise<A | { outcome: 'refused'; code: RefusalCode }> {
  const earlier = await earlierOutcome<A | { outcome: 'refused'; code: RefusalCode }>(deps, attempt);
  if (earlier) return earlier;
  const opened = await openTyped(deps, purpose, attempt.sealed, attempt.subject);
  const typed = opened?.account === (typedAs ?? account) ? opened : undefined;
  const person = await deps.people.read(account);
  const prepared = typed && (await prepare(typed, person));

  return once<A | { outcome: 'refused'; code: RefusalCode }>(deps, attempt, async (tx) => {
    const done = prepared ? await prepared.act(tx) : { refusal: 'service-unavailable' as const };
    const actor = { type: 'person', guid: account, sid: person?.sid ?? null } as const;
    if ('refusal' in done) {
      const facts = { ...refused.do, ...prepared?.about.do, fault: done.fault ?? null };
      const leaf = { ...refused, ...prepared?.about, do: facts, reason: done.refusal, ...fromWhere(typed) };
      await recordLeaf(tx, { ...leaf, outcome: 'denied', actor }, VERIFIER);
      return { outcome: { outcome: 'refused', code: done.refusal }, consumed: done.consumed };
    }
    if (!done.leaf) return { outcome: done.answer };
    const { method, credential, consumed } = done.by;
    const aal = ALONE.includes(method) ? '1' : '2';
    const auth = { method, aal, cred: credential } as const;
    const personal = { ...done.leaf.personal, ...fromWhere(typed).personal };
    await recordLeaf(tx, { ...done.leaf, outcome: 'success', actor: { ...actor, auth }, personal }, VERIFIER);
    await askToTellOfFactors(tx, done.leaf);
    return { outcome: done.answer, consumed };
  });
}
