import { peopleOfStatement } from '#domain/attestation.ts';
import { stagesFor } from '#domain/factor-replacement.ts';
import { whyNotReplace } from '#domain/replacement-conditions.ts';
import { asFarAsKnown, someone } from './as-far-as-known.ts';
import { fail, incomplete, type Problem } from './finding.ts';
import type { LeafInLog } from './leaf-in-log.ts';
import type { ResetEvidence } from './replay-reset.ts';

/**
 * Judges a replacement of factors anew: it has to rest on the statement that the leaf names, and by the frozen policy and
 * everything that was signed before it the verifier had to let it be. What only the directory knew then is taken as it was found.
 */
export function whyNotReplaced(evidence: ResetEvidence, leaf: LeafInLog): Problem[] {
  const signed = [...evidence.statements.values()];
  const replaced = signed.find((one) => one.kind === 'replaced' && one.id === leaf.body.do?.['attestation']);
  if (replaced?.kind !== 'replaced')
    return [fail(`leaf ${leaf.index}: factors are said to be replaced, and the verifier has not signed that`)];
  if (replaced.credential !== leaf.body.do?.['totp']) return [fail(`leaf ${leaf.index}: another app was bound than the verifier signed`)];
  const identified = signed.find((one) => one.kind === 'identified' && one.run === replaced.run);
  if (identified?.kind !== 'identified') return [fail(`leaf ${leaf.index}: factors were replaced of an account that nobody named`)];
  const policy = evidence.policies.get(identified.policy);
  if (!policy) return [incomplete(`the text of the policy ${identified.policy} is not in the bundle`)];
  const statements = signed.filter(({ id, at }) => id !== replaced.id && Date.parse(at) <= Date.parse(replaced.at));
  const people = [...new Set(statements.flatMap(peopleOfStatement))];
  const known = (of: ResetEvidence['lastReset']) =>
    new Map(people.flatMap((guid) => [of(guid, leaf.index)].flatMap((at) => (at ? [[guid, at] as const] : []))));
  const why = whyNotReplace({
    reset: evidence.reset,
    run: replaced.run,
    policy,
    policySha256: identified.policy,
    attestations: statements,
    account: {
      ...someone(replaced.account, []),
      sid: identified.sid,
      dn: policy.serves[0] ?? '',
      protectedBy: identified.protected ? 'as the verifier found it' : undefined,
      managerGuid: identified.manager ?? undefined,
      pwdLastSet: identified.pwdLastSet,
    },
    place: undefined,
    people: new Map(people.map((guid) => [guid, someone(guid, [])])),
    sources: stagesFor(
      policy.rules.find(({ id }) => id === identified.rule),
      'replace-factors',
    ).map(() => people.map((person) => ({ person }))),
    voucherSources: people.map((person) => ({ person })),
    lastResets: known(evidence.lastReset),
    factorChanges: known(evidence.factorChange),
    signedDecisions: evidence.signedDecisions,
    delegations: new Map([...evidence.delegations].map(([decision, one]) => [decision, asFarAsKnown(one)])),
    withdrawn: new Set([...evidence.delegations.values()].map(({ id }) => id).filter((id) => evidence.wasEnded(id, leaf.index))),
    now: new Date(replaced.at),
  });
  return why ? [fail(`leaf ${leaf.index}: by the policy of that time the verifier had to refuse (${why})`)] : [];
}
