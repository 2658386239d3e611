import { delegationBody, type Delegation, type TypedDelegation } from '#domain/delegation.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Prisma, Transaction } from '#db';
import { resolveScope, type ResolvedScope } from './delegation-scope.ts';
import type { VerifierDeps } from './deps.ts';
import type { Person } from './people.ts';
import { rolesOf } from './roles.ts';
import { signRow } from './row-signature.ts';
import { whyNotAtConsole } from './why-not-at-console.ts';

/** Whom and what was typed, as the directory has it now. */
export interface Named {
  to: Person | undefined;
  toMayDecide: boolean;
  /** Undefined when one of the names is nothing in the directory. */
  scope: ResolvedScope | undefined;
}

export async function namedIn(deps: VerifierDeps, typed: TypedDelegation): Promise<Named> {
  const to = await deps.people.find(typed.to);
  return { to, toMayDecide: await mayDecide(deps, to), scope: await resolveScope(deps.people, typed) };
}

export async function mayDecide(deps: VerifierDeps, person: Person | undefined): Promise<boolean> {
  return person !== undefined && (await rolesOf(deps, person)).includes('approver');
}

export async function whyNotApprover(deps: VerifierDeps, person: Person | undefined): Promise<RefusalCode | undefined> {
  const why = await whyNotAtConsole(deps, person);
  if (why || !person) return why ?? 'account-not-active';
  return (await mayDecide(deps, person)) ? undefined : 'role-needed';
}

interface Names {
  from: Person;
  to: Person;
  scope: ResolvedScope;
  officers?: readonly string[];
}

/** Signs a delegation and keeps it, with the names to show. */
export async function keepDelegation(
  tx: Transaction,
  deps: VerifierDeps,
  facts: Delegation,
  { from, to, scope, officers = [] }: Names,
): Promise<void> {
  const body = delegationBody(facts);
  const { byOfficers } = facts;
  await tx.delegation.create({
    data: {
      id: facts.id,
      fromGuid: facts.from,
      toGuid: facts.to,
      scope: body.scope,
      since: facts.since,
      until: facts.until,
      madeAt: facts.made,
      method: facts.method,
      ...(byOfficers ? { byOfficers: byOfficers as unknown as Prisma.InputJsonObject } : {}), // plain JSON
      signature: signRow(deps.keys, body),
      fromName: from.displayName,
      toName: to.displayName,
      scopeNames: scope.names,
      officerNames: [...officers],
    },
    select: { id: true },
  });
}
