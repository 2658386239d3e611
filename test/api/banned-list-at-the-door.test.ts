import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BannedListRefused } from '#evidence/banned-list.ts';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { edited } from '#test/support/policies.ts';
import { CHANGING, useApp } from './app-under-test.ts';

const app = await useApp();
const DAY = 86_400_000;

const text = edited(readFileSync(demoPolicyFile, 'utf8'), ['  minLength: 10\n', '  minLength: 10\n  oldestBannedList: 30d\n']);
const { sha256 } = await app.owner.$transaction((tx) => loadPolicy(tx, text, { type: 'operator', uid: '0' }));

const reset = randomUUID();
const token = 'what-the-browser-holds';
const policy = { source: 'domain', minLength: 8, complexity: false, historyLength: 0 };
await app.owner.reset.create({
  data: {
    id: reset,
    runId: randomUUID(),
    reference: 'CCCC-DDDD-EEEE',
    browserHash: new Uint8Array(app.hash('browser', reset, token)),
    state: 'choosing-password',
    next: { step: 'choose-password', message: 'Choose.' },
    accountGuid: randomUUID(),
    ruleId: 'standard',
    policySha256: sha256,
    passwordRules: { policy, names: [], minLength: 10 },
    source: '127.0.0.1',
  },
});

const choose = () =>
  app.ask('POST', '/api/v1/portal/resets/CCCC-DDDD-EEEE/password', {
    body: JSON.stringify({ password: 'Kiesel-4711-Zaun' }),
    headers: { ...CHANGING, 'idempotency-key': randomUUID(), cookie: `__Host-countersign-reset=${token}` },
  });
const list = (made: number) => async () => ({
  head: { number: 3, made: new Date(made).toISOString(), entries: 1000, sha256: Buffer.alloc(32) },
  bytes: 0,
  has: async () => false,
});
const leaves = () => app.owner.leaf.findMany({ where: { resetId: reset }, select: { type: true, outcome: true, reason: true } });

test('without a list that holds no password is taken, the claimant is told what to say, and no try is counted', async () => {
  app.door.banned = () => Promise.reject(new BannedListRefused('changed'));
  const answer = await choose();
  assert.deepEqual([answer.status, answer.body['code']], [503, 'banned-list-unusable']);
  assert.match(String(answer.body['detail']), /stays open.*Tell the help desk/s);
  assert.deepEqual(answer.body['next'], { step: 'choose-password', message: 'Choose.' });
  assert.deepEqual(await leaves(), [{ type: 'password.refused', outcome: 'denied', reason: 'banned-list-unusable' }]);
  assert.match(app.logged.at(-1)?.message ?? '', /countersign banned-passwords import/, 'the operator reads what mends it');
  assert.ok(!JSON.stringify([answer, app.logged]).includes('Kiesel'));
});

test('a list is too old when the policy that was frozen into the reset says so, and one that is newer lets the password on', async () => {
  app.door.banned = list(Date.now() - 31 * DAY);
  assert.equal((await choose()).body['code'], 'banned-list-unusable');
  assert.match(app.logged.at(-1)?.message ?? '', /older than the policy allows/);
  app.door.banned = list(Date.now() - 29 * DAY);
  assert.equal((await choose()).body['code'], 'service-unavailable', 'it was sealed and given to the engine, which is away here');
  assert.equal((await leaves()).length, 2);
});
