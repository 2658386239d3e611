import type { DeedAsked } from '#activities/contract.ts';
import type { SimulatePolicyAnswer } from '#activities/policy-contract.ts';
import { simulate } from '#activities/policy/simulate.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { SimulationAnswer } from '#domain/policy-simulation.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { policyVersion } from '#prisma/policies.ts';
import { whyNotAdministrator } from './administrators.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { accountInLeaf, type Person } from './people.ts';
import { fromWhere, type Typed } from './typed.ts';

/**
 * Says what a version of the policy would do with one account, or which accounts a name could mean. The answer names people, so it
 * is kept in a row for whoever asked, and only its id goes back through the history. Throws DirectoryUnavailable.
 */
export async function simulatePolicy(deps: VerifierDeps, asked: DeedAsked): Promise<SimulatePolicyAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<SimulatePolicyAnswer>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'policy-simulation', asked.sealed, asked.request);
  const typed = opened?.account === asked.account ? opened : undefined;
  const asker = await deps.people.read(asked.account);
  const why = typed ? await whyNotAdministrator(deps, asker) : 'service-unavailable';
  const found = typed && !why ? await lookUp(deps, typed) : undefined;

  return once<SimulatePolicyAnswer>(deps, attempt, async (tx) => {
    const actor = { type: 'person', guid: asked.account, sid: asker?.sid ?? null } as const;
    const facts = { sha256: typed?.policy ?? null };
    if (!found || 'refusal' in found) {
      const reason = why ?? found?.refusal ?? 'service-unavailable';
      const refused = { deed: 'simulate', ...facts, replaces: null, fault: null };
      await recordLeaf(tx, { type: 'policy.refused', outcome: 'denied', actor, reason, do: refused, ...fromWhere(typed) }, VERIFIER);
      return { outcome: { outcome: 'refused', code: reason } };
    }
    const { answer, person } = found;
    await tx.policySimulation.createMany({ data: [{ id: asked.request, askedBy: asked.account, body: JSON.stringify(answer) }] });
    const outcome = person ? 'success' : 'failure';
    const account = person && accountInLeaf(person);
    await recordLeaf(tx, { type: 'policy.simulated', outcome, actor, account, do: facts, ...fromWhere(typed) }, VERIFIER);
    return { outcome: { outcome: 'done', simulation: asked.request } };
  });
}

type Found = { answer: SimulationAnswer; person?: Person } | { refusal: RefusalCode };

async function lookUp(deps: VerifierDeps, { name, policy, networks, via, at, flags }: Typed<'policy-simulation'>): Promise<Found> {
  const version = await policyVersion(deps.db, policy);
  if (!version) return { refusal: 'not-found' };
  const moment = at === undefined ? await databaseTime(deps.db) : new Date(at);
  const person = await deps.people.find(name, moment);
  if (!person) return { answer: { found: false, similar: await deps.people.search(name) } };
  const known = networks.filter((one) => version.policy.networks[one] !== undefined);
  const simulation = await simulate({ ...deps, cardsCount: deps.cards() !== undefined }, version.policy, person, {
    networks: known,
    via,
    at: moment,
    flags,
  });
  return { answer: { found: true, ...simulation }, person };
}
