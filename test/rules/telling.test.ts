import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { endToTell, MESSAGE_OUTCOMES, toldWhen } from '#domain/message.ts';
import { messageInWords } from '#domain/message-words.ts';
import { TELL_WHEN, TOLD_BY_NAME, tellingOf, toldAt, whomKey, type Tell, type Whom } from '#domain/telling.ts';
import { tellInWords, toldInWords } from '#domain/telling-words.ts';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { policyJsonSchema } from '#prisma/policy-schema.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parseNewPolicy } from '#prisma/policy-text.ts';
import { readFileSync } from 'node:fs';

const text = readFileSync(demoPolicyFile, 'utf8');

const whom: fc.Arbitrary<Whom> = fc.oneof(
  fc.constantFrom(...TOLD_BY_NAME),
  fc.constantFrom<Whom>({ relation: 'manager' }, { relation: 'managers-manager' }, { relation: 'unit-owner' }),
  fc.constantFrom('A', 'B').map((group) => ({ group })),
  fc.constantFrom('A', 'B').map((role) => ({ role })),
  fc.constantFrom('A', 'B').map((ownerOf) => ({ ownerOf })),
);
const several = fc.array(whom, { maxLength: 5 });
const tell: fc.Arbitrary<Tell> = fc.record({ requested: several, changed: several, unchanged: several });

test('whatever a policy says, the holder is told of a change, and the officers where the account is protected; nobody twice', () => {
  fc.assert(
    fc.property(tell, fc.constantFrom(...TELL_WHEN), fc.boolean(), (written, when, isProtected) => {
      // Told another way: a set of JSON texts, into which the floor is put by hand.
      const expected = new Set(written[when].map((one) => JSON.stringify(one)));
      if (when === 'changed') expected.add('"holder"');
      if (when === 'changed' && isProtected) expected.add('"security-officers"');
      const told = toldAt({ tell: written }, when, isProtected).map((one) => JSON.stringify(one));
      assert.equal(new Set(told).size, told.length);
      assert.deepEqual(new Set(told), expected);
    }),
    { numRuns: 10_000, seed: 20_261_126 },
  );
});

test('two rules tell the same people exactly when no order and no name of a role makes the difference', () => {
  fc.assert(
    fc.property(tell, tell, fc.boolean(), (one, other, isProtected) => {
      const roles = { A: ['G1', 'G2'], B: ['G3'] };
      const said = (written: Tell) => TELL_WHEN.map((when) => toldAt({ tell: written }, when, isProtected).map(whomKey).toSorted().join());
      const same = JSON.stringify(said(one)) === JSON.stringify(said(other));
      assert.equal(tellingOf({ roles }, { tell: one }, isProtected) === tellingOf({ roles }, { tell: other }, isProtected), same);
      const turned = { ...one, changed: one.changed.toReversed() };
      assert.equal(tellingOf({ roles }, { tell: one }, isProtected), tellingOf({ roles }, { tell: turned }, isProtected));
      const holdsOthers = tellingOf({ roles: { ...roles, A: ['G9'] } }, { tell: one }, isProtected);
      const namesA = TELL_WHEN.some((when) => toldAt({ tell: one }, when, isProtected).some((who) => whomKey(who) === 'role A'));
      assert.equal(holdsOthers !== tellingOf({ roles }, { tell: one }, isProtected), namesA);
    }),
    { numRuns: 10_000, seed: 20_261_126 },
  );
});

test('what a policy tells in vain is refused with the line and the fix', () => {
  const said = (change: (text: string) => string): string => {
    try {
      parseNewPolicy(change(text));
      return '';
    } catch (error) {
      assert.ok(error instanceof PolicyError, String(error));
      return error.findings.join('\n');
    }
  };
  const standard = (line: string) => said((t) => t.replace('changed: { relation: manager }', line));
  assert.equal(
    said((t) => t),
    '',
  );
  assert.match(
    standard('changed: approvers'),
    /^line \d+, rule "standard", tell, changed: This rule asks nobody to approve, so no approver can be told; delete approvers here\.$/,
  );
  assert.match(
    said((t) => t.replace('requested: security-officers', 'requested: approvers')),
    /^line \d+, rule "privileged", tell, requested: Nobody has decided yet when a reset is requested/,
  );
  assert.match(standard('changed: { role: watch }'), /There is no role "watch"; name it under roles, with its groups\.$/);
  assert.match(
    standard('changed: [holder, { relation: manager }, { relation: manager }]'),
    /This tells the manager twice, and once is enough; delete one\.$/,
  );
  assert.match(standard('changed: everybody'), /tell, changed: Write one of holder, approvers, security-officers, or write one of/i);
  assert.match(standard('done: holder'), /There is no setting "done" here/);
});

test('a policy without the part tells whom no policy leaves out, and says so aloud', () => {
  const silent = parseNewPolicy(text.replaceAll(/ {4}tell:(.*\n)( {6}.*\n)+/g, ''));
  const [privileged, standard] = silent.rules;
  assert.ok(privileged && standard);
  assert.deepEqual(toldAt(privileged, 'changed', true), ['holder', 'security-officers']);
  assert.equal(tellInWords(standard), 'The holder is told of every new password and every unlock.');
  const [spoken] = parseNewPolicy(text).rules;
  assert.ok(spoken);
  assert.equal(
    tellInWords(spoken),
    'The holder is told of every new password and every unlock, and so are the security officers. When the reset is requested, these are told: the security officers. When the password was changed or the account unlocked, these are told: the approvers who decided. When it ended without a change, these are told: the account’s holder, the approvers who decided and the security officers.',
  );
  assert.match(JSON.stringify(policyJsonSchema()), /"tell":/);
});

const password = (state: string) => ({ state, operation: 'new-password' as const });

test('what the writer claims goes before what the worker says of the end', () => {
  const ended = { state: 'refused', refusal: 'approval-denied' } as const;
  assert.equal(
    endToTell(ended, [password('password-refused'), password('verified')]),
    'changed',
    'a worker that hides a change is not believed',
  );
  assert.equal(endToTell({ state: 'expired', refusal: 'superseded' }, [password('applied')]), 'changed');
  assert.equal(endToTell(ended, [password('claimed')]), 'unsettled');
  const thrown = { ...password('applied'), endOldPassword: true };
  assert.equal(endToTell({ state: 'cancelled', refusal: null }, [thrown]), 'old-password-ended', 'nobody can sign in');
  assert.equal(endToTell(ended, [thrown, password('password-refused')]), 'old-password-ended');
  assert.equal(endToTell(ended, [thrown, password('verified')]), 'changed');
  assert.equal(endToTell(ended, [thrown, password('claimed')]), 'unsettled');
  assert.equal(toldWhen('old-password-ended'), 'changed');
  assert.equal(endToTell(ended, [password('unknown')]), 'perhaps-changed');
  assert.equal(toldWhen('perhaps-changed'), 'changed', 'what may have been changed is told like a change');
  assert.equal(endToTell(ended, [password('refused')]), 'denied');
  assert.equal(endToTell({ state: 'refused', refusal: 'reset-locked' }, []), 'locked');
  assert.equal(endToTell({ state: 'refused', refusal: 'superseded' }, []), undefined);
  assert.equal(endToTell({ state: 'expired', refusal: 'approval-expired' }, []), 'expired');
  assert.equal(endToTell({ state: 'done', refusal: null }, []), 'refused', 'no claim, no change');
  const unlock = (state: string) => endToTell({ state: 'done', refusal: null }, [{ state, operation: 'unlock' }]);
  assert.deepEqual([unlock('applied'), unlock('unknown'), unlock('claimed')], ['unlocked', 'perhaps-unlocked', 'unsettled']);
  assert.equal(toldWhen('unlocked'), 'changed', 'whoever is told of a change is told of an unlock');
});

test('every message says what happened and what to do, and the holder is never told as somebody else', () => {
  for (const outcome of MESSAGE_OUTCOMES) {
    const own = messageInWords(outcome, 'Ada Lin', ['holder', 'security-officers']);
    assert.match(own.words, /your account \(Ada Lin\)/);
    const manager = messageInWords(outcome, 'Ada Lin', ['manager', 'security-officers']);
    assert.match(manager.words, /the account of Ada Lin.*You are told because you are the manager\.$/);
    for (const { title, words } of [own, manager]) {
      assert.match(`${title}.`, /^[A-Z].*[a-z]\.$/);
      assert.doesNotMatch(`${title} ${words}`, /https?:|reference|undefined/i);
    }
  }
});

test('the claimant reads who was told', () => {
  assert.equal(toldInWords(['holder'], 'were told'), null);
  assert.equal(toldInWords(['holder', 'manager'], 'were told'), 'Your manager was told.');
  assert.equal(toldInWords(['manager'], 'are being told'), 'Your manager is being told.');
  assert.equal(toldInWords(['holder', 'manager', 'security-officers'], 'were told'), 'Your manager and the security officers were told.');
  assert.equal(toldInWords(['group Treasury'], 'were told'), 'The group Treasury were told.');
});
