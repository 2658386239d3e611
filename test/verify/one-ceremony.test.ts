import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { failureType } from '#activities/closed-failures.ts';
import { addStatement } from '#domain/passkey.ts';
import { hexSha256, SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, keyOf, registrationOf } from './keys.ts';
import { enrolled, person, seal, useVerifier } from './world.ts';

const world = await useVerifier();

/** Asks again when the database had no room in time, as Temporal does. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 8 || failureType(error) !== 'DatabaseUnavailable') throw error;
    }
  }
}

test('of 64 answers to one challenge at the same time exactly one counts, in three runs', async () => {
  for (let run = 0; run < 3; run++) {
    const who = await enrolled(world, person(`many${run}`, { groups: ['S-CS-Security-Officers'] }));
    const own = await keyOf(world, who);
    // A key that does not count: what is asked here is the challenge's end, not the counter's.
    own.counts = false;
    own.counter = 0;
    const ceremony = await begun(world, who, 'passkey/add');
    const asked = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const key = new SoftPasskey();
        const registration = registrationOf(key, ceremony);
        const digest = hexSha256(Buffer.from(registration.attestationObject, 'base64url'));
        const statement = addStatement(ceremony, { credential: key.id, registration: digest, name: 'spare' });
        const request = randomUUID();
        const by = { assertion: assertionOf(own, statement) };
        const value = { account: who.guid, ceremony: ceremony.ceremony, name: 'spare', registration, by };
        return { request, account: who.guid, sealed: await seal(world, 'passkey', request, value, 600) };
      }),
    );
    const answers = await Promise.all(asked.map((one) => patiently(() => world.verifier.registerPasskey(one))));
    const outcomes = answers.map((answer) => (answer.outcome === 'done' ? 'done' : answer.code));
    assert.equal(outcomes.filter((one) => one === 'done').length, 1);
    assert.deepEqual(new Set(outcomes), new Set(['done', 'ceremony-over']));
    assert.equal(await world.superuser.passkey.count({ where: { accountGuid: who.guid } }), 2);
  }
});
