import type { DeedAsked } from '#activities/contract.ts';
import type { PolicyDeedAnswer } from '#activities/policy-contract.ts';
import { samePerson } from '#domain/account.ts';
import type { SignedRecord } from '#domain/attestation.ts';
import type { Ceremony } from '#domain/passkey.ts';
import type { Policy } from '#domain/policy.ts';
import { COMPARISON_HOURS } from '#domain/policy-comparison.ts';
import { draftStatement, POLICY_TAG, publishStatement, type Publication } from '#domain/policy-publication.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { canonical } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { readComparison } from '#prisma/comparison-text.ts';
import { policyInForce, policyVersion } from '#prisma/policies.ts';
import { readRecord, sha256, whyNotPublished } from '#prisma/publication-text.ts';
import { whyNotAdministrator } from './administrators.ts';
import { openCeremony } from './ceremony.ts';
import type { VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { whyCoolingOff } from './last-changes.ts';
import { databaseTime } from './once.ts';
import { ownDeed } from './own-deed.ts';
import { checkAssertion, passkeysOf, refusalOf, signedRecord } from './passkeys.ts';
import { personOrGuid, withAccounts, type Person } from './people.ts';
import type { Typed } from './typed.ts';

type Refused = { refusal: RefusalCode; fault?: string };
type Done = { record: SignedRecord; consumed: string; credential: string };

/**
 * A draft or a publication of the policy, signed by an administrator with their own key. A publication takes effect at
 * once, for resets that begin from now on: it needs the draft of somebody else, whose signature is checked again, and that
 * the version which it replaces is still the one in force. Resets that are under way keep the version that they froze.
 */
export async function policyDeed(deps: VerifierDeps, { request, account, sealed }: DeedAsked): Promise<PolicyDeedAnswer> {
  return ownDeed<'policy-deed', Extract<PolicyDeedAnswer, { outcome: 'done' }>>(
    deps,
    { purpose: 'policy-deed', subject: request, updateId: ONLY, sealed, account },
    { type: 'policy.refused', do: { deed: null, sha256: null, replaces: null } },
    async (typed, person) => {
      const author = await authorOf(deps, typed, person);
      const { deed, policy, replaces } = typed;
      const act = async (tx: Transaction) => {
        // One after the other: which version is in force is read, judged and changed by one at a time.
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('policy', 0))`;
        if (!person) return { refusal: 'service-unavailable' as const };
        const done = await carryOut(tx, deps, { typed, person, author });
        if ('refusal' in done) return done;
        const { record, credential, consumed } = done;
        const type = deed === 'publish' ? ('policy.published' as const) : ('policy.drafted' as const);
        const leaf = { type, do: { sha256: policy, replaces, signed: record } };
        return { answer: { outcome: 'done' as const, policy }, leaf, by: { method: 'passkey' as const, credential, consumed } };
      };
      return { about: { do: { deed, sha256: policy, replaces } }, act };
    },
  );
}

/**
 * Who drafted the version that is to be published, and whether that is the same person: under the version that it replaces,
 * and under the one that is to be, since neither may hide that two accounts are one person's. Somebody who left keeps their GUID.
 */
async function authorOf({ db, people }: VerifierDeps, typed: Typed<'policy-deed'>, person: Person | undefined) {
  if (typed.deed !== 'publish' || !person) return undefined;
  const row = await db.policyVersion.findUnique({ where: { sha256: typed.policy }, select: { draftedBy: true } });
  if (!row?.draftedBy) return undefined;
  const author = await personOrGuid(people, row.draftedBy);
  let isSame = false;
  for (const version of [await policyVersion(db, typed.replaces), await policyVersion(db, typed.policy)]) {
    if (!version) continue;
    const whole = await withAccounts(people, version.policy.identities, [person, author]);
    isSame ||= samePerson(whole(person), whole(author));
  }
  return { guid: author.guid, isSame };
}

interface Deed {
  typed: Typed<'policy-deed'>;
  person: Person;
  author: Awaited<ReturnType<typeof authorOf>>;
}

async function carryOut(tx: Transaction, deps: VerifierDeps, { typed, person, author }: Deed): Promise<Done | Refused> {
  const { policy, replaces, deed, seen } = typed;
  const inForce = await policyInForce(tx);
  const whyNot = await whyNotThisPerson(tx, deps, person, inForce.policy);
  if (whyNot) return { refusal: whyNot };
  if (inForce.sha256 !== replaces) return { refusal: 'policy-moved-on' };
  const row = await tx.policyVersion.findUnique({ where: { sha256: policy } });
  // Read again, hash and rules: what the API let in counts for nothing here.
  if (!row || !(await policyVersion(tx, policy))) return { refusal: 'not-found' };
  if ('comparison' in seen && !(await isFresh(tx, deps, typed, seen.comparison))) return { refusal: 'comparison-needed' };
  const ceremony = await openCeremony(tx, { ceremony: typed.ceremony, account: person.guid, purpose: `policy/${deed}/${policy}` });
  if (!ceremony) return { refusal: 'ceremony-over' };
  if (deed === 'draft') {
    const done = await sign(tx, deps, person, ceremony, typed, canonical(draftStatement(ceremony, { policy, replaces }, seen)));
    if ('refusal' in done) return done;
    const signed = { draft: done.record, draftedBy: person.guid, draftedAt: await databaseTime(tx) };
    await tx.policyVersion.updateMany({ where: { sha256: policy }, data: signed });
    return done;
  }
  const draft = readRecord(row.draft);
  if (!draft || row.draftedBy === null || row.draftedBy !== author?.guid) return { refusal: 'policy-not-drafted' };
  if (author.isSame) return { refusal: 'policy-own-draft' };
  const text = canonical(publishStatement(ceremony, { policy, replaces }, sha256(draft.text), seen));
  const done = await sign(tx, deps, person, ceremony, typed, text);
  if ('refusal' in done) return done;
  const publication: Publication = { draft, publish: done.record };
  const fault = whyNotPublished(policy, publication, {
    verifierKey: deps.keys.checking,
    pinned: { policies: [], publishers: deps.pinnedPublishers().publishers },
  });
  if (fault !== undefined) return { refusal: 'policy-not-drafted', fault };
  await tx.policyVersion.updateMany({ where: { inForce: true, NOT: { sha256: policy } }, data: { inForce: false } });
  const published = { inForce: true, publication, publishedBy: person.guid, publishedAt: await databaseTime(tx) };
  await tx.policyVersion.updateMany({ where: { sha256: policy }, data: published });
  return done;
}

/** Whether the signer saw a comparison that this verifier made of just these two versions, lately. */
async function isFresh(tx: Transaction, deps: VerifierDeps, { policy, replaces }: Typed<'policy-deed'>, digest: string): Promise<boolean> {
  const row = await tx.policyComparison.findFirst({ where: { sha256: digest, state: 'done' }, select: { body: true, signature: true } });
  if (!row?.body || !row.signature || sha256(row.body) !== digest) return false;
  const compared = readComparison(row.body, row.signature, deps.keys.checking);
  if (compared?.policy !== policy || compared.replaces !== replaces) return false;
  return (await databaseTime(tx)).getTime() - Date.parse(compared.at) < COMPARISON_HOURS * 3_600_000;
}

/** An administrator by the directory as it is now, pinned as a publisher, and not taken over lately. */
async function whyNotThisPerson(tx: Transaction, deps: VerifierDeps, person: Person, rules: Policy): Promise<RefusalCode | undefined> {
  const whyNot = await whyNotAdministrator(deps, person);
  if (whyNot) return whyNot;
  if (!deps.pinnedPublishers().publishers.some(({ account }) => account === person.guid)) return 'not-a-publisher';
  return (await whyCoolingOff(tx, person.guid, await databaseTime(tx), rules)) && 'recently-reset';
}

async function sign(
  tx: Transaction,
  deps: VerifierDeps,
  person: Person,
  ceremony: Ceremony & { consumed: string },
  { assertion, source }: Typed<'policy-deed'>,
  text: string,
): Promise<Done | Refused> {
  const asserted = await checkAssertion(tx, deps, await passkeysOf(tx, deps, person.guid), {
    tag: POLICY_TAG,
    text,
    assertion,
    from: source,
  });
  if ('fault' in asserted) return { refusal: refusalOf(asserted.fault), fault: asserted.fault };
  const { passkey } = asserted;
  const isPinned = deps.pinnedPublishers().publishers.some(({ account, spki }) => account === person.guid && spki === sha256(passkey.spki));
  if (!isPinned) return { refusal: 'not-a-publisher' };
  return { record: signedRecord(deps, passkey, { text, assertion }), consumed: ceremony.consumed, credential: passkey.id };
}
