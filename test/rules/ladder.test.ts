import assert from 'node:assert/strict';
import { test } from 'node:test';
import { climb, FACTOR_DEEDS, freezeBy, HELD, settlesFreeze, SHOWN, type FactorDeed, type Held, type Shown } from '#domain/ladder.ts';
import { FACTORS, PROOFS } from '#domain/next.ts';

/** How strong each is, said again here: what the table below is held against. */
const strength: Record<Held, number> = {
  'recovery-codes': 1,
  totp: 2,
  'hardware-token': 2,
  'synced-passkey': 3,
  passkey: 4,
  'smart-card': 4,
};
const shownStrength: Record<Shown, number> = {
  nothing: 0,
  'recovery-code': 0,
  'issued-code': 0,
  'enrolment-ticket': 0,
  'policy-condition': 0,
  totp: 2,
  'hardware-token': 2,
  codes: 2,
  'synced-passkey': 3,
  passkey: 4,
  'smart-card': 4,
};
const all = HELD.flatMap((touched) => SHOWN.flatMap((by) => FACTOR_DEEDS.map((deed) => ({ touched, by, deed }))));
/** Every set of things that an account can hold. */
const sets = Array.from({ length: 2 ** HELD.length }, (_, bits) => new Set(HELD.filter((_, i) => bits & (1 << i))));

/** C confirmed, F first, - too weak; an account that never held anything. Columns: recovery codes, app, token, synced passkey, passkey, card. */
const NEVER_HELD: Record<Shown, Record<FactorDeed, string>> = {
  nothing: { enrol: '------', replace: '------', remove: '------' },
  'recovery-code': { enrol: '------', replace: '------', remove: '------' },
  'issued-code': { enrol: 'FF----', replace: '------', remove: '------' },
  'enrolment-ticket': { enrol: '-F----', replace: '------', remove: '------' },
  'policy-condition': { enrol: '-F----', replace: '------', remove: '------' },
  totp: { enrol: 'CCC---', replace: 'CCC---', remove: 'CCC---' },
  'hardware-token': { enrol: 'CCC---', replace: 'CCC---', remove: 'CCC---' },
  codes: { enrol: 'CCCFF-', replace: 'CCC---', remove: 'CCC---' },
  'synced-passkey': { enrol: 'CCCC--', replace: 'CCCC--', remove: 'CCCC--' },
  passkey: { enrol: 'CCCCCC', replace: 'CCCCCC', remove: 'CCCCCC' },
  'smart-card': { enrol: 'CCCCCC', replace: 'CCCCCC', remove: 'CCCCCC' },
};

test('each thing shown touches what the table says, and nothing else', () => {
  const letters = { confirmed: 'C', first: 'F', replacing: 'R', 'too-weak': '-' };
  for (const by of SHOWN)
    for (const deed of FACTOR_DEEDS) {
      const none = new Set<Held>();
      const row = HELD.map((touched) => letters[climb({ by, deed, touched, holds: none, everHeld: none })]).join('');
      assert.equal(row, NEVER_HELD[by][deed], `${by} ${deed}`);
    }
});

test('over all pairs and everything an account can hold: a weaker factor never replaces or removes a stronger one', () => {
  for (const step of all.filter(({ deed }) => deed !== 'enrol'))
    for (const holds of sets) {
      const climbed = climb({ ...step, holds, everHeld: holds });
      const strong = shownStrength[step.by] >= strength[step.touched];
      assert.equal(climbed, strong ? 'confirmed' : 'too-weak', JSON.stringify(step));
    }
});

test('over all pairs: what is shown is at least as strong, or the account holds no factor at all, or a key was lost and it says so', () => {
  for (const { touched, by } of all.filter(({ deed }) => deed === 'enrol'))
    for (const everHeld of sets)
      for (const holds of sets.filter((some) => [...some].every((one) => everHeld.has(one)))) {
        const climbed = climb({ by, deed: 'enrol', touched, holds, everHeld });
        if (shownStrength[by] >= strength[touched]) {
          assert.equal(climbed, 'confirmed');
          continue;
        }
        if (climbed === 'too-weak') continue;
        const had = [...everHeld].some((one) => strength[one] >= Math.max(2, strength[touched]));
        assert.equal(climbed, had ? 'replacing' : 'first', `${by} ${touched} ${[...everHeld].join('+')}`);
        if (by === 'issued-code') assert.ok(![...holds].some((one) => strength[one] >= 2), 'a ticket is for who holds no factor');
        else if (by === 'enrolment-ticket')
          assert.deepEqual([touched, had], ['totp', false], 'a letter is for who never held a factor, and for an app');
        else if (by === 'policy-condition')
          assert.deepEqual([touched, everHeld.size], ['totp', 0], 'the password alone is for who never held anything, and for an app');
        else {
          assert.equal(by, 'codes', 'the only other way up');
          assert.ok(touched === 'passkey' || touched === 'synced-passkey', 'and it adds a key');
        }
      }
});

test('a proof alone, be it a recovery code, touches nothing that an account with a factor has', () => {
  for (const by of ['nothing', 'recovery-code', 'issued-code', 'enrolment-ticket', 'policy-condition'] as const)
    for (const touched of HELD)
      for (const deed of FACTOR_DEEDS)
        for (const factor of ['totp', 'hardware-token', 'synced-passkey', 'passkey', 'smart-card'] as const) {
          const holds = new Set<Held>([factor]);
          assert.equal(climb({ by, deed, touched, holds, everHeld: holds }), 'too-weak');
        }
});

test('any factor freezes any other, the password alone what was added lately, and the help desk alone settles it', () => {
  const lost = ['totp', 'hardware-token', 'codes', 'synced-passkey', 'passkey', 'smart-card'];
  for (const by of SHOWN) {
    const factor = lost.includes(by) ? 'lost' : 'too-weak';
    assert.equal(freezeBy(by, false), factor, by);
    assert.equal(freezeBy(by, true), by === 'nothing' ? 'objected' : factor, by);
    assert.equal(settlesFreeze(by), by === 'issued-code', by);
  }
});

test('every factor of a reset has its rung, held and shown; a proof of a reset is none, and confirms nothing where it may be shown', () => {
  const none = new Set<Held>();
  const isHeld = (one: string): one is Held => HELD.some((held) => held === one);
  const isShown = (one: string): one is Shown => SHOWN.some((shown) => shown === one);
  for (const factor of FACTORS) {
    assert.ok(isHeld(factor) && isShown(factor), factor);
    assert.equal(climb({ by: factor, deed: 'replace', touched: factor, holds: none, everHeld: none }), 'confirmed');
  }
  for (const proof of PROOFS) {
    assert.ok(!isHeld(proof), proof);
    if (!isShown(proof)) continue;
    for (const { touched, deed } of all)
      assert.notEqual(climb({ by: proof, deed, touched, holds: none, everHeld: none }), 'confirmed', proof);
  }
});
