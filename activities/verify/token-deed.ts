import type { TokenDeedAnswer, TokenDeedAsked } from '#activities/token-contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { LeafType } from '#domain/leaf-types.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { FileFault, TokenDeed } from '#domain/token.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Account, Actor } from '#prisma/leaves.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { Transaction } from '#db';
import { askToTellOfFactors } from './ask-to-tell-of-factors.ts';
import { VERIFIER, type RoleGroups, type VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { whyCoolingOff } from './last-changes.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { byOwnCode, type ByCode } from './own-code.ts';
import type { Person } from './people.ts';
import { rolesOf } from './roles.ts';
import { bringTokens, confirmTokens } from './token-import.ts';
import { assignToken, endToken, resyncToken } from './token-assignment.ts';
import type { Typed } from './typed.ts';

export type TypedDeed = Typed<'token-deed'>;

/** What became of a deed within the transaction. */
export interface Done {
  leaf: LeafType;
  do: Record<string, Json>;
  account?: Account | undefined;
  consumed: string[];
  answer?: Omit<Extract<TokenDeedAnswer, { outcome: 'done' }>, 'outcome'>;
}
export interface Refused {
  refusal: RefusalCode;
  fault?: FileFault;
  account?: Account | undefined;
  do?: Record<string, Json>;
  consumed?: string[];
}
/** Runs within the transaction, when it is known that `by` may do it and confirmed it. */
export type Deed = (tx: Transaction, by: Person, at: Date, policy: Policy) => Promise<Done | Refused>;

/** Files of seeds are for administrators and security officers; tokens are handed out at the help desk too. */
const MAY_IMPORT: readonly (keyof RoleGroups)[] = ['administrator', 'security-officer'];
const MAY_HAND_OUT: readonly (keyof RoleGroups)[] = ['help-desk', ...MAY_IMPORT];

const REFUSED_AS: Record<TokenDeed, LeafType> = {
  bring: 'token-import.refused',
  confirm: 'token-import.refused',
  assign: 'enrolment.refused',
  resync: 'token.resynced',
  lost: 'authenticator.removed',
  returned: 'authenticator.removed',
};

/**
 * One deed about hardware tokens by somebody who is not signed in but stands at the operator's terminal: they name
 * themselves, confirm with a fresh code of their authenticator, and need the role for it by the directory as it is now.
 */
export async function tokenDeed(deps: VerifierDeps, asked: TokenDeedAsked): Promise<TokenDeedAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<TokenDeedAnswer>(deps, attempt);
  if (earlier) return earlier;
  const opened = await openTyped(deps, 'token-deed', asked.sealed, asked.request);
  const typed = opened?.deed === asked.deed ? opened : undefined;
  const { policy } = await policyInForce(deps.db);
  const by = await deps.people.find(typed?.by ?? '');
  const why = typed ? await whyNot(deps, by, asked.deed) : 'service-unavailable';
  const deed = typed && !why ? await prepared(deps, asked.request, typed, policy) : undefined;

  return once<TokenDeedAnswer>(deps, attempt, async (tx) => {
    const at = await databaseTime(tx);
    const refusal = why ?? (by && (await whyCoolingOff(tx, by.guid, at, policy)));
    if (refusal || !by || !deed) return { outcome: await refuse(tx, asked, by, { refusal: refusal ?? 'role-needed' }) };
    const passed = await byOwnCode(tx, deps, { account: by.guid, subject: asked.request, policy }, typed?.code);
    if ('refusal' in passed) return { outcome: await refuse(tx, asked, by, passed) };
    const said = await deed(tx, by, at, policy);
    if ('refusal' in said) return { outcome: await refuse(tx, asked, by, said), consumed: [passed.consumed, ...(said.consumed ?? [])] };
    const { leaf, account, consumed, answer } = said;
    await recordLeaf(tx, { type: leaf, outcome: 'success', actor: actorOf(by, passed), account, do: said.do }, VERIFIER);
    await askToTellOfFactors(tx, { type: leaf, account, do: said.do });
    return { outcome: { outcome: 'done', ...answer }, consumed: [passed.consumed, ...consumed] };
  });
}

function prepared(deps: VerifierDeps, request: string, typed: TypedDeed, policy: Policy): Promise<Deed> | Deed {
  if (typed.deed === 'bring') return bringTokens(deps, request, typed);
  if (typed.deed === 'confirm') return confirmTokens(deps, typed);
  if (typed.deed === 'assign') return assignToken(deps, typed, policy);
  return typed.deed === 'resync' ? resyncToken(deps, typed) : endToken(deps, typed);
}

async function whyNot(deps: VerifierDeps, by: Person | undefined, deed: TokenDeed): Promise<RefusalCode | undefined> {
  const may = deed === 'bring' || deed === 'confirm' ? MAY_IMPORT : MAY_HAND_OUT;
  if (!by || !(await rolesOf(deps, by)).some((role) => may.includes(role))) return 'role-needed';
  return by.enabled && !by.expired && !by.locked ? undefined : 'account-not-active';
}

function actorOf({ guid, sid }: Person, by?: ByCode): Actor {
  return { type: 'person', guid, sid, ...(by ? { auth: { method: by.method, aal: '1', cred: by.credential } } : {}) };
}

async function refuse(tx: Transaction, asked: TokenDeedAsked, by: Person | undefined, why: Refused): Promise<TokenDeedAnswer> {
  const { refusal, fault, account } = why;
  await recordLeaf(
    tx,
    {
      type: REFUSED_AS[asked.deed],
      outcome: 'denied',
      ...(by ? { actor: actorOf(by) } : {}),
      account,
      reason: fault ?? refusal,
      do: { deed: asked.deed, ...why.do },
    },
    VERIFIER,
  );
  return { outcome: 'refused', code: refusal, ...(fault ? { fault } : {}) };
}
