import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { eachController } from '#activities/directory/each-controller.ts';
import { wrongTriesBy } from '#activities/directory/wrong-tries.ts';
import { isLockedAgain, seenThere, type Counted } from '#domain/wrong-tries.ts';
import { letIn } from '../support/lock-out.ts';
import { replaceAttribute } from './change.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const reader = bank.as('reader');
const each = eachController(reader);
const tries = wrongTriesBy(each, reader.read);

async function looked(guid: string): Promise<Counted> {
  const [seen] = Object.values(await tries.look(guid));
  return seen ?? assert.fail('the controller is silent');
}

test('the reading account sees what a controller counts: wrong passwords, the lockout they end in, and that it was ended', async () => {
  const { guid } = await bank.account('alice.moreau');
  let seen = seenThere(undefined, await looked(guid));
  assert.equal(seen.now.locked, false);
  for (let wrong = 1; wrong <= 3; wrong++) assert.equal(await bank.says('alice.moreau', 'Not-The-Password-1'), 'wrong');
  seen = seenThere(seen, await looked(guid));
  assert.deepEqual([seen.tries, isLockedAgain(seen, [seen])], [3, false]);
  // Looking counts nowhere.
  for (let again = 0; again < 5; again++) seen = seenThere(seen, await looked(guid));
  assert.equal(seen.tries, 3);
  while ((await bank.says('alice.moreau', 'Not-The-Password-1')) !== 'locked');
  seen = seenThere(seen, await looked(guid));
  assert.deepEqual([seen.tries, isLockedAgain(seen, [seen])], [5, true]);
  await letIn(bank.as('administrator'), guid);
  const anew = seenThere(undefined, await looked(guid));
  assert.deepEqual([anew.now.count, anew.now.locked], [0, false]);
});

test('services that run under an account are read by name, and an account without any has none', async () => {
  const { guid } = await bank.account('alice.moreau');
  assert.deepEqual(await tries.services(guid), []);
  await replaceAttribute(bank.as('administrator'), `<GUID=${guid}>`, 'servicePrincipalName', 'HTTP/intranet.bank.test');
  assert.deepEqual(await tries.services(guid), ['HTTP/intranet.bank.test']);
});

test('who asks for an account that is no more makes no controller silent for others', async () => {
  const { guid } = await bank.account('bilal.osman');
  assert.deepEqual(Object.values(await tries.look(randomUUID())), [undefined]);
  assert.ok(Object.values(await tries.look(guid))[0]);
});

test('a controller that gives no answer the first time is asked once more at once, and not a third time', async () => {
  let asked = 0;
  const after = (silences: number) =>
    each('a look', async () => {
      asked += 1;
      if (asked <= silences) throw new Error('broken off');
      return Promise.resolve('here');
    });
  assert.deepEqual([Object.values(await after(1)), asked], [['here'], 2]);
  asked = 0;
  const others = eachController(reader);
  const never = await others('a look', async () => Promise.reject(new Error(`broken off ${(asked += 1)} times`)));
  assert.deepEqual([Object.values(never), asked], [[undefined], 2]);
});

test('a controller that is gone is silent, and nobody waits for it; it is asked again at once where nothing goes on without it', async () => {
  const { guid } = await bank.account('bilal.osman');
  await bank.running.stop();
  try {
    assert.deepEqual(Object.values(await tries.look(guid)), [undefined]);
  } finally {
    await bank.restart();
  }
  assert.deepEqual(Object.values(await tries.look(guid)), [undefined]);
  const asked = await each('a look', (directory) => directory.read(async () => Promise.resolve('here')), { evenSilent: true });
  assert.deepEqual(Object.values(asked), ['here']);
  assert.ok(Object.values(await tries.look(guid))[0]);
});
