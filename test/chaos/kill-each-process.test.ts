import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { claimant, freshPassword } from '#test/support/scenes.ts';
import { passwordVersion } from '#test/support/directory.ts';
import type { PartName } from '#test/support/stack.ts';
import { amount } from '#test/support/campaign.ts';
import { useWorld } from '#test/support/world.ts';
import { withKill } from './with-kill.ts';

const world = useWorld();

/**
 * kill -9 of one process at one step of a standard reset, then start it again: the reset ends well, the password is
 * changed exactly once, and the person who repeats a request learns what became of it. The campaign plays
 * the whole table six times, with other moments.
 *
 * @alone It kills by the clock.
 */

const STEPS = ['name', 'prove', 'factor', 'choose'] as const;
const PARTS: PartName[] = ['api', 'worker', 'verifier', 'writer-staff', 'temporal'];
const rounds = amount(1, 6);
const account = 'bilal.osman';

for (let round = 0; round < rounds; round++) {
  for (const step of STEPS) {
    // kill-held-step.test.ts hits every moment on purpose; by the clock one part a step is enough, and all in the campaign.
    for (const part of amount(PARTS.slice(STEPS.indexOf(step), STEPS.indexOf(step) + 1), PARTS)) {
      // The moment of the kill moves through the step from round to round and from part to part.
      const delayMs = [0, 8, 20, 35, 60, 90][(round + PARTS.indexOf(part) + STEPS.indexOf(step)) % 6] ?? 0;
      test(`kill -9 of ${part} ${delayMs} ms into "${step}" (round ${round + 1}): nothing lost, nothing twice`, async () => {
        const version = await passwordVersion(world.directory, account);
        const who = claimant(world.stack.run);
        const kill = <T extends { status: number }>(at: (typeof STEPS)[number], request: () => Promise<T>) =>
          at === step ? withKill(world.stack, part, delayMs, request) : request();

        const begun = await kill('name', () => who.name(account));
        assert.equal(begun.status, 201);
        const recovery = await world.people.recoveryCode(account);
        const proofKey = randomUUID();
        const proof = await kill('prove', () => who.prove(recovery, 'recovery-code', proofKey));
        assert.equal(proof.status, 200, 'the code that was burned is answered for');
        const code = await world.people.code(account);
        const factorKey = randomUUID();
        const factor = await kill('factor', () => who.factor(code, factorKey));
        assert.equal(factor.status, 200);
        const password = freshPassword();
        const chooseKey = randomUUID();
        const chosen = await kill('choose', () => who.choose(password, chooseKey));
        assert.equal(chosen.status, 202);

        const end = await who.until('done', 'refused', 'expired', 'choosing-password');
        assert.equal(end.state, 'done', JSON.stringify(end.next));
        assert.equal((await world.people.bind(account, password)).answer, 'ok');
        assert.equal(await passwordVersion(world.directory, account), version + 1, 'the directory counts exactly one change');
      });
    }
  }
}
