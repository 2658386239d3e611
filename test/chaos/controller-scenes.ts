import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasAsked } from '#test/support/at-the-controller.ts';
import { hire } from '#test/support/hired.ts';
import { until } from '#test/support/holds.ts';
import type { PartName } from '#test/support/stack.ts';
import type { World } from '#test/support/world.ts';
import { holdAll, toTheEnd, type Playing } from './held-cast.ts';
import { STEPS, type Step } from './held-steps.ts';
import { answeredFor, changedOnce, leavesOf, nothingLeftOver, undisturbedBut } from './what-stands.ts';

/**
 * kill -9 of the domain controller while a question of a process lies unread in its socket: a reset is held just before
 * the question, the controller stopped, the reset let go until the kernel shows the bytes, and the controller killed.
 */
interface Scene {
  what: string;
  heldAt: Step;
  /** Who has a question on the wire; without one the step is held until the controller is back. */
  asks?: PartName;
  privileged?: true;
  /** Leaves beyond those of an undisturbed reset. */
  more?: Record<string, number>;
}

/** In one wave no process asks twice: it could not be told which of its questions is on the wire. */
const WAVES: Scene[][] = [
  [
    {
      what: 'the change of the password is on the wire',
      heldAt: STEPS.betweenClaimAndWire,
      asks: 'writer-staff',
      more: { 'write.started started': 1, 'write.result failure': 1 },
    },
  ],
  [
    { what: 'its yes was heard and is not recorded', heldAt: STEPS.recordWrite },
    { what: 'the new password is about to be bound', heldAt: STEPS.asksBind, asks: 'writer-staff' },
    { what: 'the verifier looks for approvers', heldAt: STEPS.checkFactor, asks: 'verifier', privileged: true },
  ],
  [
    { what: 'the writer reads the account', heldAt: STEPS.commitIntent, asks: 'writer-staff' },
    { what: 'the verifier looks for the name', heldAt: STEPS.begin, asks: 'verifier' },
  ],
];

const played = new Map<Scene, Playing>();

/** Plays the table. Its people must still work at the bank when it is judged; the answer dismisses them. */
export async function playControllerScenes(world: World): Promise<() => Promise<void>> {
  const count = (privileged: boolean) => WAVES.flat().filter((scene) => (scene.privileged ?? false) === privileged).length;
  const staff = await hire(world, 'Staff', count(false));
  const admins = await hire(world, 'Privileged', count(true));
  for (const scenes of WAVES) {
    const pool = scenes.map((scene) => (scene.privileged ? admins : staff).hired.pop() ?? assert.fail('nobody is left'));
    const steps = scenes.map(({ heldAt }) => heldAt);
    const playing = await holdAll(world, steps, pool.toReversed());
    for (const [index, scene] of scenes.entries()) played.set(scene, playing[index] ?? assert.fail('was not held'));
    await killUnderTheirQuestions(world, scenes);
  }
  return async () => void (await Promise.all([staff.dismiss(), admins.dismiss()]));
}

async function killUnderTheirQuestions({ stack, directory }: World, scenes: readonly Scene[]): Promise<void> {
  const release = (some: readonly Scene[]) => Promise.all(some.map(async (scene) => played.get(scene)?.held.release()));
  const asking = scenes.filter(({ asks }) => asks);
  await stack.kill('directory', 'SIGSTOP');
  await release(asking);
  const url = directory.settings.controllers[0]?.url ?? assert.fail('the stack has no controller');
  for (const { asks = 'worker' } of asking) {
    const pid = (await stack.pid(asks)) ?? assert.fail(`${asks} does not run`);
    await until(`${asks} has asked the controller`, () => hasAsked(pid, url));
  }
  await stack.kill('directory', 'SIGKILL');
  await stack.restart('directory');
  await release(scenes.filter(({ asks }) => !asks));
}

export function judgeControllerScenes(world: World): void {
  for (const scene of WAVES.flat()) {
    const { what, heldAt, privileged, more = {} } = scene;
    test(`kill -9 of the domain controller when ${what}: asked again, changed once`, async () => {
      const { person, answer } = played.get(scene) ?? assert.fail('was not played');
      const first = await answer;
      assert.ok(first.status < 300, first.text);
      if (privileged) {
        assert.deepEqual([first.body.next.step, first.body.next.for], ['wait', 'manager']);
        assert.equal((await leavesOf(world, await person.reset()))['approval.requested success'], 1);
        assert.equal((await person.who.cancel()).status, 200);
        return;
      }
      assert.equal(await toTheEnd(person, heldAt.request), 'done');
      await changedOnce(world, person);
      await nothingLeftOver(world, person);
      assert.deepEqual(await leavesOf(world, await person.reset()), undisturbedBut(more));
      await answeredFor(world, person);
    });
  }
}
