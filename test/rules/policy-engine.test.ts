import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isAccepted, type Alternative } from '#domain/accept.ts';
import { DECISION_METHODS, type Attestation } from '#domain/attestation.ts';
import { DOORS, FLAGS } from '#domain/circumstances.ts';
import { FACTORS, OFFERED_FACTORS, PROOFS } from '#domain/next.ts';
import { OPERATIONS } from '#domain/operation.ts';
import { BASES } from '#domain/policy-bases.ts';
import { belowFloor } from '#domain/policy-floor.ts';
import { mayBeRule, mayDecideBy, selectRule, type Policy, type Rule } from '#domain/policy.ts';
import { fits, type Situation, type When } from '#domain/rule-choice.ts';
import { TELL_NOBODY } from '#domain/telling.ts';
import { covers } from '#domain/rule-cover.ts';
import { whyNotWrite } from '#domain/write-conditions.ts';
import { honest, minutesAgo, policy as demo } from './honest-write.ts';
import { fitting, holdsAWayIn, rulesOf } from './policy-oracle.ts';

const seeded = { seed: 20_261_126, numRuns: 10_000 };

const SUBTREES = ['DC=bank,DC=test', 'OU=Staff,DC=bank,DC=test', 'OU=Tellers,OU=Staff,DC=bank,DC=test', 'OU=IT,DC=bank,DC=test'];
const GROUPS = ['Treasury', 'Vault', 'Night Shift'];
const NETWORKS = ['branches', 'kiosks'];
const calendars: Policy['calendars'] = {
  office: {
    zone: 'UTC',
    hours: {
      mon: [{ from: '08:00', to: '18:00' }],
      thu: [
        { from: '09:00', to: '12:00' },
        { from: '13:00', to: '24:00' },
      ],
    },
    holidays: ['2026-11-26'],
  },
  night: { zone: 'UTC', hours: { thu: [{ from: '00:00', to: '06:00' }], sun: [{ from: '00:00', to: '24:00' }] }, holidays: [] },
};

const some = <T>(all: readonly T[]) => fc.subarray([...all], { minLength: 1 });
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 2 });
const hours = fc.constantFrom(...Object.keys(calendars)).chain((name) => fc.constantFrom({ inside: name }, { outside: name }));
const when: fc.Arbitrary<When> = fc
  .record({
    protected: maybe(fc.boolean()),
    under: maybe(some(SUBTREES)),
    notUnder: fc.option(some(SUBTREES.slice(2)), { nil: undefined, freq: 1 }),
    memberOf: maybe(some(GROUPS)),
    notMemberOf: maybe(some(GROUPS)),
    flags: maybe(some(FLAGS)),
    notFlags: maybe(some(FLAGS)),
    via: maybe(some(DOORS)),
    networks: maybe(some(NETWORKS)),
    notNetworks: maybe(some(NETWORKS)),
    hours: maybe(hours),
  })
  .chain((whole) =>
    fc
      .subarray(Object.keys(whole) as (keyof When)[], { maxLength: 3 })
      .map((kept) => Object.fromEntries(kept.map((name) => [name, whole[name]]))),
  );

/** Mostly what everybody is offered: synced passkeys are refused in half of all rules. */
const factorsAsked = fc.oneof({ weight: 5, arbitrary: some(OFFERED_FACTORS) }, { weight: 1, arbitrary: some(FACTORS) });
const accept: fc.Arbitrary<Alternative[]> = fc.array(fc.record({ name: fc.string(), proofs: some(PROOFS), factors: factorsAsked }), {
  minLength: 1,
  maxLength: 3,
});
const stages = fc.array(
  fc.record({
    label: fc.constant('officer'),
    by: fc.constant([]),
    needs: fc.integer({ min: 1, max: 3 }),
    beside: fc.boolean(),
    timers: fc.constant({ remind: [], escalate: [], expire: 60 }),
    calendar: fc.constant(undefined),
  }),
  { maxLength: 2 },
);
const rules: fc.Arbitrary<Rule[]> = fc
  .array(
    fc.record({
      when,
      may: some(OPERATIONS),
      accept,
      approvals: stages,
      decisions: some(DECISION_METHODS),
      tell: fc.constant(TELL_NOBODY),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((all) => all.map((rule, index) => ({ ...rule, id: `r${index}` })));
/** Half of them just around what the published rules ask. */
const around = (at: number, max: number) => fc.oneof(fc.integer({ min: at - 1, max: at + 1 }), fc.integer({ min: 1, max }));
const numbers = fc.record({
  minLength: fc.oneof(around(12, 20), around(15, 20)).map((length) => Math.max(length, 8)),
  wrong: around(10, 20),
  minutes: fc.oneof(around(15, 3000), around(1440, 3000)),
});
const policies: fc.Arbitrary<Policy> = fc
  .record({ rules, serves: some(SUBTREES), bases: fc.subarray([...BASES]), numbers })
  .map(({ rules: all, serves, bases, numbers: { minLength, wrong, minutes } }) => ({
    ...demo,
    calendars,
    rules: all,
    serves,
    bases,
    password: { minLength, siteWords: [] },
    attempts: { ...demo.attempts, perAuthenticator: wrong, perAccountPerHour: wrong, signInsPerAccountPerHour: wrong },
    timers: { ...demo.timers, issuedCode: minutes * 60, unproven: minutes * 60, choosePassword: minutes * 60 },
  }));

const situations: fc.Arbitrary<Situation> = fc.record({
  isProtected: fc.boolean(),
  place: fc.record({
    dn: fc.constantFrom(...SUBTREES, 'DC=other,DC=test').map((subtree) => `CN=Ada,${subtree}`),
    groups: fc.subarray(GROUPS.map((group) => `S-${group}`)),
    // A group that is gone has no SID any more, whoever was in it.
    sids: fc.subarray(GROUPS, { minLength: 1 }).map((there) => new Map(there.map((group) => [group, `S-${group}`]))),
  }),
  circumstances: fc.record({
    flags: fc.subarray([...FLAGS]),
    via: fc.constantFrom(...DOORS),
    networks: fc.subarray(NETWORKS),
    at: fc
      .date({ min: new Date('2026-11-16T00:00:00Z'), max: new Date('2026-11-30T00:00:00Z'), noInvalidDate: true })
      .map((at) => at.toISOString()),
  }),
});
const crowds = fc.array(situations, { minLength: 1, maxLength: 12 });

test('the rule of each of a crowd is the one that the sets say', () => {
  fc.assert(
    fc.property(policies, crowds, (policy, crowd) => {
      assert.deepEqual(
        crowd.map((one) => selectRule(policy, one)?.id),
        rulesOf(policy, crowd),
      );
    }),
    seeded,
  );
});

test('who knows only what was signed never rules out the rule that was chosen, and what they accept some directory makes so', () => {
  fc.assert(
    fc.property(policies, situations, (policy, situation) => {
      const auditor = { ...situation, place: undefined };
      const chosen = selectRule(policy, situation);
      if (chosen) assert.ok(mayBeRule(policy, chosen, auditor));
      for (const [index, rule] of policy.rules.entries()) {
        const sure = (one: Rule) => fitting(policy, one.when, [auditor]).sure.has(0);
        const possible = fitting(policy, rule.when, [auditor]);
        const mayBe = (possible.sure.has(0) || possible.unsure.has(0)) && !policy.rules.slice(0, index).some(sure);
        assert.equal(mayBeRule(policy, rule, auditor), mayBe);
      }
    }),
    seeded,
  );
});

test('a condition that is said to cover another holds wherever that one does', () => {
  fc.assert(
    fc.property(when, when, crowds, (wide, narrow, crowd) => {
      // Half of the pairs are made so that one may well cover the other.
      const closer: When = { ...narrow, ...wide };
      for (const inner of [narrow, closer])
        if (covers(wide, inner))
          for (const one of crowd) if (fits(inner, { ...one, calendars }) === 'yes') assert.equal(fits(wide, { ...one, calendars }), 'yes');
      assert.ok(covers(wide, closer));
    }),
    seeded,
  );
});

test('no policy that is accepted lets a protected account through with fewer than two people, or below what it binds itself to', () => {
  let accepted = 0;
  fc.assert(
    fc.property(policies, crowds, (policy, crowd) => {
      const findings = belowFloor(policy);
      const mayDecide = ({ when, decisions }: Rule) =>
        when.protected === false || decisions.every((method) => method === 'passkey' || method === 'smart-card');
      const alone = ({ proofs, factors }: Alternative) =>
        proofs.every((method) => method === 'known-password' || method === 'known-device') &&
        !factors.includes('passkey') &&
        !factors.includes('smart-card');
      const copied = ({ factors }: Alternative) => factors.includes('synced-passkey');
      const oneFactor = ({ proofs, factors }: Alternative) =>
        proofs.every((method) => method === 'known-device') &&
        !['passkey', 'synced-passkey', 'smart-card'].some((one) => factors.includes(one as never));
      const isNist = policy.bases.includes('nist-800-63b-4');
      const isOneFactor = policy.rules.some(({ accept: ways }) => ways.some(oneFactor));
      const harmless =
        !(isNist && isOneFactor) &&
        policy.rules.every(mayDecide) &&
        policy.rules.every(({ when, accept: ways }) => when.protected === false || !ways.some((way) => alone(way) || copied(way))) &&
        policy.rules.every(({ when, approvals }) => when.protected === false || approvals.reduce((sum, { needs }) => sum + needs, 0) >= 2);
      if (harmless) assert.ok(!findings.some(({ path }) => path[0] === 'rules'), 'nothing is refused without need');
      if (findings.length > 0) return;
      accepted += 1;
      const chosen = rulesOf(
        policy,
        crowd.map((one) => ({ ...one, isProtected: true })),
      );
      for (const id of chosen.filter((one) => one !== undefined)) {
        const rule = policy.rules.find((one) => one.id === id);
        assert.ok(rule && rule.approvals.reduce((sum, { needs }) => sum + needs, 0) >= 2);
        assert.ok(!rule.accept.some(alone), 'and a password or a device stands alone beside a key or card only');
        assert.ok(!rule.accept.some(copied), 'and nobody gets in by what can be copied');
        const ways = mayDecideBy(rule, true);
        assert.ok(ways.length > 0 && !ways.includes('totp'), 'with keys of their own, and with no lack of a way to decide');
      }
      const { attempts, timers, password, bases } = policy;
      if (isNist) assert.ok(password.minLength >= 15 && timers.issuedCode <= 86_400 && !isOneFactor);
      if (bases.includes('pci-dss-4')) {
        assert.ok(
          password.minLength >= 12 &&
            Math.max(attempts.perAuthenticator, attempts.perAccountPerHour, attempts.signInsPerAccountPerHour) <= 10,
        );
        assert.ok(Math.max(timers.unproven, timers.choosePassword) <= 900);
      }
    }),
    seeded,
  );
  assert.ok(accepted > 500, `only ${accepted} policies were accepted at all`);
});

test('what has passed is enough exactly when it holds a whole way in, for the workflow and for the writer', () => {
  fc.assert(
    fc.property(accept, fc.subarray([...PROOFS]), fc.subarray([...FACTORS]), fc.nat({ max: 20 }), (ways, proofs, factors, minutes) => {
      const enough = holdsAWayIn(ways, { proofs, factors });
      assert.equal(isAccepted(ways, { proofs, factors }), enough);
      const q = honest(false);
      const [identified] = q.attestations;
      const common = { v: 1 as const, reset: q.reset, run: q.run, account: q.account.guid, credential: 'c', at: minutesAgo(minutes) };
      const attestations = [
        identified!,
        ...proofs.map((method): Attestation => ({
          ...common,
          id: method,
          kind: 'proof',
          method,
          // Whoever vouches is named, and was there when they did.
          ...(method === 'vouching' ? { issuer: 'boss', vouched: { at: common.at, method: 'totp', credential: 'b' } } : { issuer: null }),
        })),
        ...factors.map((method): Attestation => ({ ...common, id: method, kind: 'factor', method })),
      ];
      const passkeys = { ...q.policy.passkeys, synced: 'where-named' } as const;
      const policy = { ...q.policy, passkeys, rules: q.policy.rules.map((rule) => ({ ...rule, accept: ways })) };
      assert.equal(
        whyNotWrite({ ...q, policy, attestations, voucherSources: [{ person: 'boss' }] }),
        enough ? undefined : 'evidence-missing',
      );
    }),
    seeded,
  );
});
