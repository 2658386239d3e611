import assert from 'node:assert/strict';
import { WentBy } from '#test/support/holds.ts';
import type { Hired } from '#test/support/hired.ts';
import type { Answer } from '#test/support/http-client.ts';
import type { Moved } from '#test/support/scenes.ts';
import type { World } from '#test/support/world.ts';
import { REQUESTS, underFire, type Request, type UnderFire } from './claimant-under-fire.ts';
import type { Held, Step } from './held-steps.ts';

/** A claimant whose reset is held at a step, and the answer that they still wait for. */
export interface Playing {
  step: Step;
  person: UnderFire;
  held: Held;
  answer: Promise<Answer<Moved>>;
}

/** So many more people are hired than steps are held, for the steps that went by. */
export const SPARE = 3;

/** Brings a reset to each of the steps and holds them all there at once. Answers in the same order. */
export async function holdAll(world: World, steps: readonly Step[], hired: Hired[]): Promise<Playing[]> {
  const people = await Promise.all(
    steps.map(async (step) => {
      const person = await underFire(world, hired.pop() ?? assert.fail('nobody is left'));
      await person.upTo(step.request);
      return person;
    }),
  );
  const holdOne = async (index: number): Promise<Playing> => {
    const [step, person] = [steps[index], people[index]];
    if (!step || !person) throw new Error('every step has its claimant');
    const { promise: answer, resolve } = Promise.withResolvers<Answer<Moved>>();
    answer.catch(() => undefined);
    try {
      return { step, person, held: await step.hold(world, person, () => resolve(person.ask(step.request))), answer };
    } catch (error) {
      const other = error instanceof WentBy ? hired.pop() : undefined;
      if (!other) throw error;
      // This one goes on by itself; nothing of it is judged.
      assert.ok((await answer).status < 300);
      await toTheEnd(person, step.request);
      people[index] = await underFire(world, other);
      await people[index].upTo(step.request);
      return holdOne(index);
    }
  };
  const order = [...steps.keys()];
  const parallel = await Promise.all(
    order.filter((index) => !steps[index]?.forAll).map(async (index) => [index, await holdOne(index)] as const),
  );
  const all = new Map(parallel);
  for (const index of order.filter((one) => steps[one]?.forAll)) all.set(index, await holdOne(index));
  return order.map((index) => all.get(index) ?? assert.fail('every step was held'));
}

/** The rest of the way after this request, each answered with a yes. Answers the state at the end. */
export async function toTheEnd({ ask, who }: UnderFire, after: Request): Promise<string> {
  for (const request of REQUESTS.slice(REQUESTS.indexOf(after) + 1)) {
    const answer = await ask(request);
    assert.ok(answer.status < 300, `${request}: ${answer.text}`);
  }
  return (await who.until('done', 'refused', 'expired')).state;
}
