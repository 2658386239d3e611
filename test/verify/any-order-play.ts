import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { whyNotApproved } from '#domain/approvals-given.ts';
import { peopleOfDecision } from '#domain/attestation.ts';
import { sourcesOf } from '#domain/approval-stage.ts';
import { DELEGATION_TAG, delegationStatement } from '#domain/delegation.ts';
import { mayDecideBy } from '#domain/policy.ts';
import { statementsOf } from '#activities/verify/statements.ts';
import { endedOf } from '#prisma/delegations.ts';
import { delegationsOf } from '#prisma/delegation-text.ts';
import { readDecision, signedDecisions } from '#prisma/decision-text.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { parsePolicy } from '#prisma/policy-text.ts';
import { root } from '#ops/paths.ts';
import type { SoftPasskey } from '#test/support/soft-passkey.ts';
import { Meant, type Move } from './any-order.ts';
import { assertionOf, begun, codes, decided, keyOf, PAGE, signature, type Deciding } from './keys.ts';
import { enrolled, identified, person, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();
const text = readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8')
  .replace(/\ntests:\n[^]*$/, '\n')
  .replace(
    '{ label: manager, by: { relation: manager } }',
    '{ label: manager, by: { relation: manager }, escalate: [{ after: 1h, to: { group: CS-Approvers } }] }',
  )
  .replace('by: { group: CS-Security-Officers } }', 'by: { group: CS-Security-Officers }, needs: 2 }');
await world.superuser.$transaction((tx) => loadPolicy(tx, text, { type: 'service', name: 'test' }));
const policy = parsePolicy(text);
const rule = policy.rules.find(({ id }) => id === 'privileged');
assert.ok(rule?.approvals[1]?.needs === 2 && rule.approvals[0]?.timers.escalate.length === 1);

const [approvers, officers, console_] = [['S-CS-Approvers'], ['S-CS-Security-Officers'], ['S-CS-Help-Desk']];
const twice = { noah: randomUUID(), claimant: randomUUID() };
const facts: Record<string, Parameters<typeof person>[1]> = {
  mara: { groups: console_ },
  anna: { groups: approvers },
  omar: { groups: approvers },
  tess: { groups: approvers },
  quentin: { groups: officers },
  noah: { groups: officers, employeeId: twice.noah },
  'noah-adm': { groups: officers, employeeId: twice.noah },
  'claimant-adm': { groups: officers, employeeId: twice.claimant },
  priya: { groups: officers },
  zed: { groups: console_ },
};
const people = new Map<string, Enrolled>();
const keys = new Map<string, SoftPasskey>();
for (const [name, more] of Object.entries(facts)) {
  // Who makes or takes a delegation, or registers a key, holds the role; the groups of the scene come with each run.
  const who = await enrolled(world, person(name, more), 2);
  people.set(name, who);
  keys.set(name, await keyOf(world, who));
}
const named = (name: string): Enrolled => people.get(name) ?? assert.fail(name);
const privileged = { protectedBy: 'Domain Admins', managerGuid: named('mara').guid, groups: console_ };
const claimant = await enrolled(world, person('claimant', { ...privileged, employeeId: twice.claimant }));
await enrolled(world, person('other', privileged));
people.set('claimant', claimant);
keys.set('claimant', await keyOf(world, claimant));
export const names = [...people.keys()];
const reason = 'ab'.repeat(32);

/** Two standing delegations, signed by whoever hands over: mara's to omar and quentin's to tess. */
async function handOver(from: string, to: string): Promise<string> {
  const who = named(from);
  world.directory.set(who.guid, { ...who, groups: [...who.groups, ...approvers] });
  const typed = {
    to,
    groups: [],
    units: [],
    accounts: [],
    since: new Date().toISOString(),
    until: new Date(Date.now() + 86_400_000).toISOString(),
  };
  const ceremony = await begun(world, who, 'delegation/make');
  const assertion = assertionOf(keys.get(from) ?? assert.fail(), delegationStatement(ceremony, { make: typed }), PAGE, DELEGATION_TAG);
  const request = randomUUID();
  const value = { ...typed, account: who.guid, by: { ceremony: ceremony.ceremony, assertion } };
  const answer = await world.verifier.storeDelegation({
    request,
    account: who.guid,
    sealed: await seal(world, 'delegation', request, value),
  });
  assert.ok(answer.outcome === 'done', JSON.stringify(answer));
  world.directory.set(who.guid, who);
  return answer.delegation;
}

interface Sent {
  of: Deciding;
  by: object;
  name: string;
  inPlaceOf: string | undefined;
  /** Signed by whoever it says, about this. */
  isGood: boolean;
  /** Its place among all that was signed in this play. */
  nth: number;
}

/** One request, and everything that is said about it. */
export class Play {
  readonly meant = new Meant({
    manager: 'mara',
    officers: ['quentin', 'noah', 'noah-adm', 'claimant-adm', 'priya'],
    deputies: ['anna', 'omar', 'tess'],
    sameHuman: new Map([
      ['noah-adm', 'noah'],
      ['claimant-adm', 'claimant'],
    ]),
    person: (name) => world.directory.get(named(name).guid) ?? assert.fail(name),
  });
  readonly #reset: OpenReset;
  readonly #other: OpenReset;
  readonly #delegations: ReadonlyMap<string, string>;
  readonly #sent: Sent[] = [];
  readonly #lastTaken = new Map<string, number>();
  #signed = 0;

  private constructor(reset: OpenReset, other: OpenReset, delegations: ReadonlyMap<string, string>) {
    this.#reset = reset;
    this.#other = other;
    this.#delegations = delegations;
  }

  static async begin(): Promise<Play> {
    for (const who of people.values()) world.directory.set(who.guid, who);
    await world.superuser.writeClaim.deleteMany();
    await world.superuser.delegation.deleteMany();
    const delegations = new Map([
      ['mara', await handOver('mara', 'omar')],
      ['quentin', await handOver('quentin', 'tess')],
    ]);
    const asked = async (name: string): Promise<OpenReset> => {
      const reset = await identified(world, name);
      assert.deepEqual(await world.verifier.requestApprovals({ ...reset, account: reset.account ?? '' }), { outcome: 'requested' });
      return reset;
    };
    return new Play(await asked('claimant'), await asked('other'), delegations);
  }

  async make(m: Move): Promise<void> {
    if (m.do === 'decide') return this.#decide(m);
    if (m.do === 'say again') return this.#sayAgain(m.nth);
    if (m.do === 'carry over') return this.#carryOver(m.who, m.stage);
    if (m.do === 'stand in') return this.#standIn(m);
    if (m.do === 'withdraw') return this.#withdraw(m.from);
    if (m.do === 'escalate') {
      await world.verifier.escalateApprovals({ ...this.#asked(), stage: 0, escalation: 1 });
      this.meant.escalated = true;
      return;
    }
    const who = named(m.who);
    const now = world.directory.get(who.guid) ?? who;
    if (m.do === 'manager becomes') {
      const account = world.directory.get(claimant.guid) ?? claimant;
      world.directory.set(claimant.guid, { ...account, managerGuid: who.guid });
      this.meant.manager = m.who;
    } else if (m.do === 'leave groups') world.directory.set(who.guid, { ...now, groups: [] });
    else if (m.do === 'join officers') world.directory.set(who.guid, { ...now, groups: [...now.groups, ...officers] });
    else if (m.do === 'be disabled') world.directory.set(who.guid, { ...now, enabled: false });
    else if (m.do === 'be back') world.directory.set(who.guid, { ...now, enabled: true });
    else {
      const claim = { ordinal: 1, digest: '', pwdLastSetBefore: '0', controller: 'dc', state: 'verified', settledAt: new Date() };
      await world.superuser.writeClaim.create({ data: { ...claim, resetId: randomUUID(), accountGuid: who.guid } });
      this.meant.reset.add(m.who);
    }
  }

  #asked() {
    return { ...this.#reset, account: this.#reset.account ?? '' };
  }

  async #decide(m: Extract<Move, { do: 'decide' }>): Promise<void> {
    const of: Deciding = { reset: this.#reset, approver: named(m.who), stage: m.stage, decision: m.say, reason };
    const key = keys.get(m.with === 'stolen key' ? (names[(names.indexOf(m.who) + 1) % names.length] ?? '') : m.who) ?? assert.fail();
    key.flags.userVerified = m.with !== 'unverified key';
    const by = m.with === 'a code' ? { totp: (await codes(world, of.approver)).totp } : await signature(world, key, of);
    key.flags.userVerified = true;
    await this.#send({ of, by, name: m.who, inPlaceOf: undefined, isGood: m.with === 'own key', nth: ++this.#signed });
  }

  async #standIn({ who, for: whom, stage: of }: Extract<Move, { do: 'stand in' }>): Promise<void> {
    const delegation = this.#delegations.get(whom);
    const deciding: Deciding = { reset: this.#reset, approver: named(who), delegation, stage: of, decision: 'approve', reason };
    const by = await signature(world, keys.get(who) ?? assert.fail(), deciding);
    await this.#send({ of: deciding, by, name: who, inPlaceOf: whom, isGood: true, nth: ++this.#signed });
  }

  async #sayAgain(nth: number): Promise<void> {
    const message = this.#sent[nth % Math.max(1, this.#sent.length)];
    if (message) await this.#send(message);
  }

  /** What somebody signed about another request, brought to this one. */
  async #carryOver(name: string, of: number): Promise<void> {
    const elsewhere: Deciding = { reset: this.#other, approver: named(name), stage: of, decision: 'approve', reason };
    const by = await signature(world, keys.get(name) ?? assert.fail(), elsewhere);
    await this.#send({ of: { ...elsewhere, reset: this.#reset }, by, name, inPlaceOf: undefined, isGood: false, nth: ++this.#signed });
  }

  async #send(message: Sent): Promise<void> {
    const { of, by, name, inPlaceOf, nth } = message;
    const before = await this.#decisions();
    const isRepeated = before.some(
      (d) =>
        d.person === of.approver.guid && d.stage === of.stage && d.decision === of.decision && d.onBehalfOf?.delegation === of.delegation,
    );
    // A key whose counter goes back was copied: what it signed before something that counted is refused.
    const isGood = message.isGood && nth > (this.#lastTaken.get(name) ?? 0);
    const isHeard = !isRepeated && isGood && this.meant.isHeard(name, of.stage, inPlaceOf);
    const answer = await decided(world, of, by);
    if (isHeard) {
      this.meant.hear(name, of.stage, of.decision, inPlaceOf);
      this.#lastTaken.set(name, nth);
    }
    assert.equal(answer === of.decision, isHeard || isRepeated, `${name} about stage ${of.stage}: ${answer}`);
    assert.equal((await this.#decisions()).length, before.length + (isHeard ? 1 : 0), 'one vote, or none');
    this.#sent.push(message);
  }

  async #withdraw(from: string): Promise<void> {
    if (this.meant.withdrawn.has(from)) return;
    const [delegation, who] = [this.#delegations.get(from) ?? '', named(from)];
    const ceremony = await begun(world, who, 'delegation/end');
    const assertion = assertionOf(
      keys.get(from) ?? assert.fail(),
      delegationStatement(ceremony, { end: delegation }),
      PAGE,
      DELEGATION_TAG,
    );
    const request = randomUUID();
    const value = { account: who.guid, delegation, by: { ceremony: ceremony.ceremony, assertion } };
    const answer = await world.verifier.endDelegation({
      request,
      account: who.guid,
      sealed: await seal(world, 'delegation-end', request, value),
    });
    const isLetIn = this.meant.isLetIn(from);
    assert.equal(answer.outcome, isLetIn ? 'done' : 'refused', `${from} withdraws`);
    if (!isLetIn) return;
    this.meant.withdrawn.add(from);
    this.#lastTaken.set(from, ++this.#signed);
  }

  async #said() {
    return statementsOf(world.deps.db, world.deps, this.#asked());
  }

  async #decisions() {
    return (await this.#said()).decisions;
  }

  /** The rule that the writer plays before it writes, over what was really signed and what the directory says now. */
  async whatTheWriterSays(): Promise<string> {
    const { identified: start, approvers: list, decisions } = await this.#said();
    const now = world.directory.get(claimant.guid) ?? claimant;
    const delegations = delegationsOf(decisions, world.deps.keys.checking);
    const claims = await world.superuser.writeClaim.findMany();
    for (const one of decisions) assert.ok(readDecision(one.signed?.text ?? ''), 'each vote carries what was signed');
    const why = whyNotApproved({
      stages: rule?.approvals ?? [],
      named: list,
      decisions: decisions.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
      claimant: now,
      issuers: [],
      people: new Map(decisions.flatMap(peopleOfDecision).flatMap((guid) => [[guid, world.directory.get(guid) ?? assert.fail()] as const])),
      sources: await Promise.all((rule?.approvals ?? []).map((one) => world.deps.people.sources(now, sourcesOf(one, 1), policy.roles))),
      lastResets: new Map(claims.map((claim) => [claim.accountGuid, claim.claimedAt])),
      factorChanges: new Map(),
      delegations,
      withdrawn: await endedOf(
        world.deps.db,
        [...delegations.values()].map(({ id }) => id),
      ),
      methods: rule ? mayDecideBy(rule, true) : [],
      signed: signedDecisions([start, ...decisions], world.deps.keys.checking, world.deps.relyingParty),
      coolingOffSeconds: policy.timers.coolingOff,
      provenAt: 0,
      slackMs: 0,
    });
    return why ?? 'may';
  }
}
