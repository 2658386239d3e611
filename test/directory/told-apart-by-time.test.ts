import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { test } from 'node:test';
import { peopleOf, type People } from '#activities/verify/people.ts';
import { createVerifierActivities } from '#activities/verify/verifier-activities.ts';
import { amount } from '#test/support/campaign.ts';
import { median, zOfPairs } from '#test/support/told-apart.ts';
import { enrolled, factor, identified, prove, useVerifier, type World } from '#test/verify/world.ts';
import { ownDirectory } from './own-directory.ts';

/**
 * Naming, a wrong proof and a wrong code at the verifier itself, over a real controller and a real database, for an account that
 * is there and for names that are nobody's. Here, behind Temporal and HTTP, which know nothing of accounts, a difference stands out as it
 * cannot at the browser.
 *
 * @alone Its measure is time. On a machine that does other things too it is measured with a priority above them: chrt -r 10 node --test, with
 * COUNTERSIGN_CAMPAIGN=1 for 2,000 a side.
 */
const aSide = amount(60, 2000);
/** With so few a side only much is found; the campaign finds one millisecond. */
const PUT_IN_MS = amount(25, 1);
const STEPS = ['name', 'proof', 'code'] as const;
type Times = Record<(typeof STEPS)[number], number[]>;

const bank = await ownDirectory();
const plain = await useVerifier();
const over = (people: People): World => ({
  ...plain,
  verifier: createVerifierActivities({ ...plain.deps, people, peopleNear: () => people }),
});
const real = peopleOf(bank.as('reader'));
const world = over(real);
const REAL = 'alice.moreau';
await enrolled(world, await bank.account(REAL).then((account) => ({ ...account, mustChange: false, passwordExpired: false })));

async function played(at: World, name: string, into: Times): Promise<void> {
  const times: number[] = [performance.now()];
  const reset = await identified(at, name);
  times.push(performance.now());
  assert.equal(await prove(at, reset, '7777-7777-7777-7777-7777'), 'failed');
  times.push(performance.now());
  assert.equal(await factor(at, reset, '000000'), 'failed');
  times.push(performance.now());
  for (const [index, step] of STEPS.entries()) into[step].push((times[index + 1] ?? 0) - (times[index] ?? 0));
}

type Sides = { known: Times; unknown: Times };
const noTimes = (): Sides => ({ known: { name: [], proof: [], code: [] }, unknown: { name: [], proof: [], code: [] } });

/** So many more of each side, in turns and in both orders, so that whatever else the machine does falls on both sides of a pair. */
async function measured(at: World, count: number, sides: Sides = noTimes()): Promise<Sides> {
  for (let n = 0; n < count; n++) {
    const nobody = `${randomBytes(3).toString('hex')}.${randomBytes(3).toString('hex')}`;
    const turns = [() => played(at, REAL, sides.known), () => played(at, nobody, sides.unknown)];
    for (const turn of n % 2 === 0 ? turns : turns.toReversed()) await turn();
    // Behind its limit the right code fails too; and after so many wrong ones the authenticator would be switched off.
    await plain.superuser.attempts.deleteMany();
    await plain.superuser.totp.updateMany({ data: { failures: 0 } });
  }
  return sides;
}

function scoreOf(step: (typeof STEPS)[number], { known, unknown }: Sides): number {
  const [a, b] = [known[step], unknown[step]];
  const score = zOfPairs(a, b);
  const middle = median(a.map((ms, index) => ms - (b[index] ?? ms)));
  console.log(
    `${step}: known ${median(a).toFixed(2)} ms, unknown ${median(b).toFixed(2)} ms (medians of ${a.length}), difference in pairs ${middle.toFixed(3)} ms, z ${score.toFixed(2)}`,
  );
  return score;
}

test(`an account and a name that is nobody's take the verifier as long, in ${aSide} tries a side`, async () => {
  await played(world, REAL, { name: [], proof: [], code: [] }); // the first one warms connections and caches
  const sides = await measured(world, aSide);
  for (const step of STEPS) {
    const score = scoreOf(step, sides);
    assert.ok(Math.abs(score) < 4, `${step} tells them apart: z ${score}`);
  }
});

test(`the same comparison finds ${PUT_IN_MS} ms that are put in where an account is found`, async () => {
  const slower: People = {
    ...real,
    async find(name, at) {
      const found = await real.find(name, at);
      if (found) await setTimeout(PUT_IN_MS);
      return found;
    },
  };
  const [at, sides] = [over(slower), noTimes()];
  // On a busy machine the same difference takes more pairs to be found. A comparison that cannot find it in four times as many proves nothing above.
  for (let looked = 1; ; looked++) {
    await measured(at, aSide, sides);
    const score = scoreOf('name', sides);
    if (score > 4) break;
    assert.ok(looked < 4, `nothing was found: z ${score}`);
  }
});
