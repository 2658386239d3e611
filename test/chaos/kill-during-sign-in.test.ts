import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { amount } from '#test/support/campaign.ts';
import { httpClient } from '#test/support/http-client.ts';
import { newSource } from '#test/support/scenes.ts';
import type { PartName } from '#test/support/stack.ts';
import { useWorld } from '#test/support/world.ts';
import { withKill } from './with-kill.ts';

/**
 * kill -9 of one process at one step of a sign-in, then the same request again under the same Idempotency-Key: the person
 * is signed in, and their code was burned once. The kill falls when the verifier has judged what was typed and is about
 * to store the outcome; the campaign kills at other moments too.
 *
 * @alone In the campaign it kills by the clock.
 */
const world = useWorld();
const ACCOUNT = 'mateo.silva';
const STEPS = ['password', 'factor'] as const;
const PARTS: PartName[] = ['api', 'verifier', 'worker'];
type Request = () => Promise<{ status: number; text: string }>;

/** Keeps the verifier from storing an outcome for as long as the client's transaction is open. */
async function holdOutcomes(): Promise<{ reached: () => Promise<void>; release: () => Promise<void> }> {
  const client = new Client({ connectionString: readFileSync(join(world.stack.state, 'database', 'owner.url'), 'utf8').trim() });
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE burn IN SHARE MODE');
  const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'burn'::regclass`;
  return {
    async reached() {
      const until = Date.now() + 30_000;
      while ((await client.query(waiting)).rowCount === 0) {
        assert.ok(Date.now() < until, 'the verifier never came to store an outcome');
        await setTimeout(10); // leaves the cores to the request; the outcome does not depend on it
      }
    },
    release: () => client.end().catch(() => undefined),
  };
}

async function killedWhileStoring(part: PartName, request: Request): ReturnType<Request> {
  const held = await holdOutcomes();
  try {
    const first = request().catch(() => undefined);
    await held.reached();
    await world.stack.kill(part, 'SIGKILL');
    await held.release();
    await world.stack.restart(part);
    const answer = await first;
    assert.ok(part !== 'api' || answer === undefined, 'nobody answers for an API that was killed');
    if (answer && answer.status < 500) return answer;
    for (let tries = 0; ; tries++) {
      const again = await request().catch(() => undefined);
      if (again && again.status < 500) return again;
      assert.ok(tries < 60, 'the request is never answered');
    }
  } finally {
    await held.release();
  }
}

async function signIn(killedAt: (typeof STEPS)[number], play: (request: Request) => ReturnType<Request>): Promise<void> {
  const { stack, people } = world;
  const http = httpClient(stack.run, newSource());
  const ask = (step: typeof killedAt, request: Request) => (step === killedAt ? play(request) : request());
  const count = async (what: string) => (await people.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${what}`))[0]?.n ?? 0;
  const burned = `burn WHERE consumed LIKE 'totp:%'`;
  const passed = `leaf WHERE type LIKE 'sign-in.%' AND outcome = 'success'`;
  const [first, second] = [randomUUID(), randomUUID()];

  const typed = { account: ACCOUNT, password: people.password(ACCOUNT) };
  const code = { factor: 'totp', value: await people.code(ACCOUNT) };
  const before = { burned: await count(burned), passed: await count(passed) };
  const half = await ask('password', () => http.post('/api/v1/session', typed, { 'idempotency-key': first }));
  assert.equal(half.status, 200, half.text);
  const full = await ask('factor', () => http.post('/api/v1/session/factor', code, { 'idempotency-key': second }));
  assert.equal(full.status, 200, full.text);
  assert.deepEqual({ burned: await count(burned), passed: await count(passed) }, { burned: before.burned + 1, passed: before.passed + 2 });
  const shown = await http.get<{ roles: string[] }>('/api/v1/session');
  assert.deepEqual(shown.body.roles, ['auditor'], shown.text);
  const key = `sign-in:${await people.guid(ACCOUNT)}`;
  assert.equal((await people.sql<{ failures: number }>('SELECT failures FROM attempts WHERE key = $1', [key]))[0]?.failures, 0);
  http.close();
}

for (const step of STEPS) {
  for (const part of PARTS) {
    test(`kill -9 of ${part} while the ${step} of a sign-in is judged: signed in, and the code burned once`, () =>
      signIn(step, (request) => killedWhileStoring(part, request)));
    for (const delayMs of [5, 25, 60, 120].slice(0, amount(0, 4)))
      test(`kill -9 of ${part} ${delayMs} ms into the ${step} of a sign-in: signed in, and the code burned once`, () =>
        signIn(step, (request) => withKill(world.stack, part, delayMs, request)));
  }
}
