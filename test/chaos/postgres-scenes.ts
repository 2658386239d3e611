import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hire } from '#test/support/hired.ts';
import type { World } from '#test/support/world.ts';
import { holdAll, SPARE, toTheEnd, type Playing } from './held-cast.ts';
import { STEPS, type Step } from './held-steps.ts';
import { answeredFor, changedOnce, leavesOf, nothingLeftOver, undisturbedBut } from './what-stands.ts';

/**
 * kill -9 of PostgreSQL while steps are held within it. What was committed stands; what was typed and sealed is
 * forgotten, since its table never enters the write-ahead log. So either the step is repeated and nobody notices, or the
 * person is asked to type again, or, once the directory may have been changed, is told so.
 */
type Outcome = 'goes on' | 'is typed again' | 'chooses again' | 'cannot be told' | 'begins again';
const SCENES: { step: Step; outcome: Outcome; leaves: Record<string, number> }[][] = [
  [
    { step: STEPS.prove, outcome: 'is typed again', leaves: { 'proof.checked failure': 1 } },
    { step: STEPS.checkFactor, outcome: 'is typed again', leaves: { 'factor.checked failure': 1 } },
    { step: STEPS.claimAccount, outcome: 'goes on', leaves: {} },
    { step: STEPS.commitIntent, outcome: 'chooses again', leaves: chosenTwice() },
    { step: STEPS.claimWrite, outcome: 'chooses again', leaves: chosenTwice() },
    {
      step: STEPS.recordWrite,
      outcome: 'cannot be told',
      leaves: { ...endedEarly(), 'write.result success': -1, 'write.result unknown': 1, 'reset.state success': -3 },
    },
  ],
  [
    { step: STEPS.notify, outcome: 'goes on', leaves: {} },
    {
      step: STEPS.recordBind,
      outcome: 'cannot be told',
      leaves: { ...endedEarly(), 'write.verified expired': 1, 'reset.state success': -2 },
    },
    { step: STEPS.identify, outcome: 'begins again', leaves: {} },
    {
      step: STEPS.openToBind,
      outcome: 'cannot be told',
      leaves: { ...endedEarly(), 'write.verified expired': 1, 'reset.state success': -2 },
    },
  ],
];

function chosenTwice(): Record<string, number> {
  return { 'password.chosen success': 1, 'intent started': 1, 'write.refused expired': 1, 'password.refused expired': 1 };
}

function endedEarly(): Record<string, number> {
  return { 'write.verified success': -1, 'notice.created success': -2, 'reset.refused denied': 1 };
}

const played = new Map<Step, Playing>();

/** Plays the table. Its people must still work at the bank when it is judged; the answer dismisses them. */
export async function playPostgresScenes(world: World): Promise<() => Promise<void>> {
  const staff = await hire(world, 'Staff', SCENES.flat().length + SPARE);
  for (const scenes of SCENES) {
    const steps = scenes.map(({ step }) => step);
    for (const one of await holdAll(world, steps, staff.hired)) played.set(one.step, one);
    await world.stack.kill('postgres', 'SIGKILL');
    await world.stack.restart('postgres');
  }
  return staff.dismiss;
}

export function judgePostgresScenes(world: World): void {
  for (const { step, outcome, leaves } of SCENES.flat()) {
    test(`kill -9 of postgres when ${step.part} ${step.what}: it ${outcome}, and nothing happens twice`, async () => {
      const { person, answer } = played.get(step) ?? assert.fail('was not played');
      const first = await answer;
      if (outcome === 'begins again') {
        assert.equal(first.body.code, 'not-identified', 'a lost name makes no decoy, which would refuse the right codes');
        person.forget('name');
        assert.equal((await person.ask('name')).status, 201);
      }
      if (outcome === 'is typed again') {
        assert.equal(first.status, 422, first.text);
        person.forget(step.request);
        assert.equal((await person.ask(step.request)).status, 200, 'what was typed was not burned');
      } else if (outcome !== 'begins again') assert.ok(first.status < 300, first.text);
      if (outcome === 'chooses again') {
        await person.who.until('choosing-password', 'refused');
        person.forget('choose');
        assert.equal((await person.ask('choose')).status, 202);
      }
      const end = await toTheEnd(person, step.request);
      assert.equal(end, outcome === 'cannot be told' ? 'refused' : 'done');
      await changedOnce(world, person);
      if (outcome === 'cannot be told') {
        assert.equal((await person.who.look()).body.next.code, 'write-unknown', 'the words say: try your new password');
      } else {
        await nothingLeftOver(world, person);
        await answeredFor(world, person);
      }
      assert.deepEqual(await leavesOf(world, await person.reset()), undisturbedBut(leaves));
    });
  }
}
