import { randomUUID } from 'node:crypto';
import type { IssueCodeAnswer, IssueCodeAsked } from '#activities/contract.ts';
import { samePerson } from '#domain/account.ts';
import { CODE_SYMBOLS, normaliseCode, SELECTOR_SYMBOLS } from '#domain/codes.ts';
import { isServed, type Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { policyInForce } from '#prisma/policies.ts';
import { CODE_KINDS } from './check-code.ts';
import { hashCode, newSalt, retireCodes } from './code-hash.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { accountInLeaf, withAccounts, type Person } from './people.ts';
import { rolesOf } from './roles.ts';
import { codeBody, signRow, type CodeRow } from './row-signature.ts';
import { fromWhere } from './typed.ts';

/** The one update of an issuing or enrolling request: the request id itself is what makes it single. */
export const ONLY = 'only';

/**
 * Stores the hash of a code that the help desk hands to a person standing there. The issuer's role is read again from
 * the directory; nobody issues for an account of their own. A new code replaces the account's unused issued ones.
 */
export async function storeIssuedCode(deps: VerifierDeps, asked: IssueCodeAsked): Promise<IssueCodeAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<IssueCodeAnswer>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'issued-code', asked.sealed, asked.request);
  // Sealed by whoever was signed in: the worker cannot put the vouching on somebody else.
  const typed = opened?.issuer === asked.issuer ? opened : undefined;
  const code = normaliseCode(typed?.code ?? '', CODE_SYMBOLS);
  const { policy } = await policyInForce(deps.db);
  const issuer = await deps.people.read(asked.issuer);
  const person = await deps.people.find(typed?.account ?? '');
  const why = await whyNotIssue(deps, policy, issuer, person);
  const salt = newSalt();
  const hash = await hashCode(deps.keys, code ?? '', salt);

  return once<IssueCodeAnswer>(deps, attempt, async (tx) => {
    if (why || !person || !code) {
      const refusal = why ?? 'service-unavailable'; // the sealed value came too late: nothing was stored, the agent asks again
      await recordLeaf(
        tx,
        {
          type: 'code.refused',
          outcome: 'denied',
          actor: { type: 'person', guid: asked.issuer, sid: issuer?.sid ?? null },
          account: person && accountInLeaf(person),
          reason: refusal,
          do: { checked: asked.checked },
          ...fromWhere(typed),
        },
        VERIFIER,
      );
      return { outcome: { outcome: 'refused', code: refusal } };
    }
    const createdAt = await databaseTime(tx);
    const expiresAt = new Date(createdAt.getTime() + policy.timers.issuedCode * 1000);
    const row: CodeRow = {
      id: randomUUID(),
      accountGuid: person.guid,
      kind: CODE_KINDS['issued-code'],
      selector: code.slice(0, SELECTOR_SYMBOLS),
      salt,
      hash,
      issuerGuid: asked.issuer,
      expiresAt,
    };
    await retireCodes(tx, person.guid, row.kind);
    await tx.code.create({
      data: { ...row, salt, hash, checked: asked.checked, createdAt, signature: signRow(deps.keys, codeBody(row)) },
      select: { id: true },
    });
    await recordLeaf(
      tx,
      {
        type: 'code.issued',
        outcome: 'success',
        actor: { type: 'person', guid: asked.issuer, sid: issuer?.sid ?? null },
        account: accountInLeaf(person),
        do: { credential: row.id, expires: expiresAt.toISOString(), checked: asked.checked },
        ...fromWhere(typed),
      },
      VERIFIER,
    );
    return { outcome: { outcome: 'issued', account: person.guid, expiresAt: expiresAt.toISOString() } };
  });
}

async function whyNotIssue(
  deps: VerifierDeps,
  policy: Policy,
  issuer: Person | undefined,
  person: Person | undefined,
): Promise<RefusalCode | undefined> {
  if (!issuer || !issuer.enabled || issuer.expired || issuer.locked || !(await rolesOf(deps, issuer)).includes('help-desk'))
    return 'role-needed';
  if (!person || !isServed(policy, person)) return 'account-not-served';
  const whole = await withAccounts(deps.people, policy.identities, [issuer, person]);
  if (samePerson(whole(issuer), whole(person))) return 'issuer-own-account';
  return undefined;
}
