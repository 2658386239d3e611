import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amount } from '#test/support/campaign.ts';
import { hire, type Hired } from '#test/support/hired.ts';
import type { PartName } from '#test/support/stack.ts';
import type { World } from '#test/support/world.ts';
import type { UnderFire } from './claimant-under-fire.ts';
import { holdAll, SPARE, toTheEnd } from './held-cast.ts';
import { STEPS, type Step } from './held-steps.ts';
import { answeredFor, changedOnce, leavesOf, nothingLeftOver, undisturbedBut } from './what-stands.ts';

/**
 * Every step of a standard reset is held exactly where it is named, and the process that runs it killed with kill -9:
 * with its transaction open, or committed and never reported to Temporal.
 * A wave is one kill, of as many resets as that process can have in hand at once.
 */
interface Scene {
  step: Step;
  moment: 'before its commit' | 'after its commit' | 'between two commits';
  /** Leaves beyond those of an undisturbed reset. */
  more?: Record<string, number>;
}

const before = (step: Step): Scene => ({ step, moment: 'before its commit' });
const committed = (step: Step): Scene => ({ step, moment: 'after its commit' });
const between = (step: Step, more: Scene['more'] = {}): Scene => ({ step, moment: 'between two commits', more });

const small: Scene[][] = [
  [before(STEPS.claimWrite), before(STEPS.recordWrite)],
  // The claim is taken over once the directory has shown twice that nothing was written.
  [between(STEPS.betweenClaimAndWire, { 'write.started started': 1, 'write.result failure': 1 })],
  [committed(STEPS.recordWrite), between(STEPS.openToBind)],
  [before(STEPS.recordBind), committed(STEPS.recordBind)],
  [before(STEPS.claimAccount), before(STEPS.asksPassword), before(STEPS.commitIntent), before(STEPS.notify), before(STEPS.recordDone)],
  [committed(STEPS.commitIntent), committed(STEPS.notify), between(STEPS.releaseAccount)],
  [before(STEPS.identify)],
  [before(STEPS.prove), committed(STEPS.prove), before(STEPS.checkFactor), committed(STEPS.checkFactor)],
];
const long: Scene[][] = [
  [before(STEPS.asksFactor), before(STEPS.asksBind), before(STEPS.asksNotices)],
  [committed(STEPS.asksFactor), committed(STEPS.asksPassword), committed(STEPS.asksBind)],
  [committed(STEPS.asksNotices), committed(STEPS.recordDone)],
];
const WAVES = [...small, ...amount<Scene[][]>([], long)];

const ends = new Map<Scene, { person: UnderFire; end: Promise<string> }>();

/** Plays the table. Its people must still work at the bank when it is judged; the answer dismisses them. */
export async function playProcessScenes(world: World): Promise<() => Promise<void>> {
  const staff = await hire(world, 'Staff', WAVES.flat().length + SPARE);
  for (const scenes of WAVES) await playWave(world, scenes, staff.hired);
  return staff.dismiss;
}

async function playWave(world: World, scenes: readonly Scene[], hired: Hired[]): Promise<void> {
  const { stack } = world;
  const part: PartName = scenes[0]?.step.part ?? 'worker';
  const playing = await holdAll(
    world,
    scenes.map(({ step }) => step),
    hired,
  );
  for (const [index, scene] of scenes.entries()) {
    const { person, answer } = playing[index] ?? assert.fail('was not played');
    const end = answer.then((first) => {
      assert.ok(first.status < 300, first.text);
      return toTheEnd(person, scene.step.request);
    });
    end.catch(() => undefined);
    ends.set(scene, { person, end });
  }
  const commits = playing.flatMap(({ held }, index) =>
    scenes[index]?.moment === 'after its commit' ? [held.commit ?? assert.fail('commits nothing')] : [],
  );
  if (commits.length > 0) await unreported(world, commits, () => stack.kill(part, 'SIGKILL'));
  else await stack.kill(part, 'SIGKILL');
  await stack.restart(part);
  await Promise.all(playing.map(({ held }) => held.release()));
}

/**
 * What commits is not reported: Temporal's server stands still, and then goes together with what lies unread in its
 * sockets. (A server that were only let go on would find the report there.)
 */
async function unreported({ stack }: World, commits: (() => Promise<void>)[], kill: () => Promise<void>): Promise<void> {
  await stack.kill('temporal', 'SIGSTOP');
  try {
    await Promise.all(commits.map((commit) => commit()));
    await kill();
  } finally {
    await stack.kill('temporal', 'SIGKILL');
    await stack.restart('temporal');
  }
}

export function judgeProcessScenes(world: World): void {
  for (const scene of WAVES.flat()) {
    const { step, moment, more = {} } = scene;
    test(`kill -9 of ${step.part} when it ${step.what}, ${moment}: nothing lost, nothing twice, all answered for`, async () => {
      const { person, end } = ends.get(scene) ?? assert.fail('was not played');
      assert.equal(await end, 'done');
      await changedOnce(world, person);
      await nothingLeftOver(world, person);
      assert.deepEqual(await leavesOf(world, await person.reset()), undisturbedBut(more));
      await answeredFor(world, person);
    });
  }
}
