import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { openDirectory } from '#activities/directory/connect.ts';
import { ServiceBindRefused } from '#activities/directory/errors.ts';
import { fakeDomain, tended, whoAnswers } from './fake-domain.ts';

/** With whom a directory stays when controllers fall silent and come back. The clock is the test's. */
const bank = await fakeDomain();
const near = await bank.controller('dc-near');
const far = await bank.controller('dc-far', { site: 'Far' });
beforeEach(() => bank.say({ all: [near, far], sites: { Head: [near] } }));
const seconds = 1000;
const change = new Change({ operation: 'replace', modification: new Attribute({ type: 'info', values: ['x'] }) });

test('whoever lost a controller comes back to it when it has answered for a minute, not before', async () => {
  const told: string[] = [];
  const reader = bank.open({}, { told: (url, became) => void told.push(`${new URL(url).hostname} ${became}`) });
  assert.equal(await whoAnswers(reader), near.name);
  await near.close();
  assert.equal(await whoAnswers(reader), far.name, 'the same call goes on elsewhere');
  await near.open();
  assert.equal(await whoAnswers(reader), far.name, 'it is left alone for ten seconds');
  for (let passed = 0; passed < 60; passed += 15) {
    bank.pass(15 * seconds);
    await tended(reader);
    assert.equal(await whoAnswers(reader), far.name, `it has answered for ${passed} s`);
  }
  bank.pass(15 * seconds);
  await tended(reader);
  assert.equal(await whoAnswers(reader), near.name);
  assert.deepEqual(told, [`${near.name} silent`, `${near.name} good`]);
});

test('one that comes and goes is not trusted: its minute begins anew', async () => {
  const reader = bank.open();
  await whoAnswers(reader);
  await near.close();
  await whoAnswers(reader);
  await near.open();
  bank.pass(15 * seconds);
  await tended(reader);
  bank.pass(50 * seconds);
  await near.close();
  await tended(reader);
  await near.open();
  bank.pass(25 * seconds);
  await tended(reader);
  assert.equal(await whoAnswers(reader), far.name);
  bank.pass(61 * seconds);
  await tended(reader);
  assert.equal(await whoAnswers(reader), near.name);
});

test('the longer a controller is silent, the more seldom it is looked at; nobody signs in to look', async () => {
  const reader = bank.open();
  await whoAnswers(reader);
  await near.close();
  await whoAnswers(reader);
  await near.open();
  near.said.baseDn = ''; // it listens, and is no use yet
  near.said.password = 'Nobody-May-Ask-1';
  const { binds } = near.counted;
  const looks: number[] = [];
  for (let second = 1; second <= 700; second++) {
    bank.pass(seconds);
    const before = near.counted.looks;
    await reader.tend();
    if (near.counted.looks > before) looks.push(second);
  }
  near.said.baseDn = 'DC=bank,DC=test';
  near.said.password = 'Right-Password-1';
  const gaps = looks.map((at, index) => at - (looks[index - 1] ?? 0));
  assert.deepEqual(gaps, [10, 20, 40, 80, 160, 300]);
  assert.equal(near.counted.binds, binds);
});

test('a controller that takes questions and answers none is left, also by whoever has a connection to it', async () => {
  const directory = bank.open({}, { connections: 2 });
  await Promise.all([whoAnswers(directory), whoAnswers(directory)]);
  near.freeze(true);
  // As a write does that may have come through: it keeps the silence to itself, and the connection is given up all the same.
  const unknown = directory.write(async (session) => {
    await session.modify('CN=x,DC=bank,DC=test', [change]).catch(() => {});
    return session.controller.servername;
  });
  assert.deepEqual(await Promise.all([whoAnswers(directory), unknown]), [far.name, near.name]);
  near.freeze(false);
  const binds = near.counted.binds;
  assert.deepEqual(await Promise.all([whoAnswers(directory), whoAnswers(directory)]), [far.name, far.name]);
  assert.equal(near.counted.binds, binds);
});

test('a connection has one question under way, however many ask, and there are no more connections than were meant', async () => {
  const busy = await bank.controller('dc-busy');
  const reader = bank.open({ find: undefined, controllers: [bank.listed(busy)] }, { connections: 3 });
  await Promise.all(Array.from({ length: 30 }, () => whoAnswers(reader)));
  assert.deepEqual([busy.counted.connections, busy.counted.unanswered], [3, 1]);
});

test('a controller that speaks nothing newer than TLS 1.1 is not spoken to', async () => {
  const old = await bank.controller('dc-old', {}, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  await assert.rejects(
    whoAnswers(bank.open({ find: undefined, controllers: [bank.listed(old)] })),
    /dc-old\.bank\.test: .*(protocol|version)/i,
  );
  assert.equal(old.counted.looks, 0);
});

test('nobody signs in without a name or without a password: it is refused before anything is connected', async () => {
  near.counted.looks = 0;
  const settings = bank.settings({ find: undefined, controllers: [bank.listed(near)] });
  for (const bind of [
    { dn: '', password: () => 'Right-Password-1' },
    { dn: 'CN=svc,DC=bank,DC=test', password: () => '' },
    { dn: '', password: () => '' },
  ])
    await assert.rejects(whoAnswers(openDirectory(settings, bind)), ServiceBindRefused);
  assert.equal(near.counted.looks, 0);
});

test('a kept connection that was closed on the way is made anew to the same controller', async () => {
  const reader = bank.open();
  assert.equal(await whoAnswers(reader), near.name);
  await near.close();
  await near.open();
  assert.equal(await whoAnswers(reader), near.name);
});

test('when nobody is healthy the one that was silent is asked all the same, and serves', async () => {
  const reader = bank.open();
  await whoAnswers(reader);
  await near.close();
  await far.close();
  await assert.rejects(whoAnswers(reader), /dc-near\.bank\.test: .*ECONNREFUSED.*; dc-far\.bank\.test: .*ECONNREFUSED/);
  await near.open();
  assert.equal(await whoAnswers(reader), near.name);
  await far.open();
});

test('the list in the settings is tried in its order, wherever its controllers stand, and gone back to in that order', async () => {
  const reader = bank.open({ find: undefined, controllers: [bank.listed(far), bank.listed(near)] });
  await tended(reader);
  assert.equal(await whoAnswers(reader), far.name);
  await far.close();
  assert.equal(await whoAnswers(reader), near.name);
  await far.open();
  for (let passed = 0; passed < 75; passed += 15) {
    assert.equal(await whoAnswers(reader), near.name);
    bank.pass(15 * seconds);
    await tended(reader);
  }
  assert.equal(await whoAnswers(reader), far.name);
});

test('a wrong service password is shown to one controller once, over all connections and for every claim', async () => {
  const before = near.counted.binds + far.counted.binds;
  const writer = bank.open({}, { password: 'Wrong-Password-1', connections: 2, writable: true });
  const alone = writer.only(`ldaps://${far.name}:636`)!;
  for (const directory of [writer, alone, writer, alone]) await assert.rejects(whoAnswers(directory), ServiceBindRefused);
  await assert.rejects(
    writer.write((session) => session.search('', { scope: 'base', attributes: [] })),
    ServiceBindRefused,
  );
  bank.pass(14 * 60 * seconds);
  await tended(writer);
  await assert.rejects(whoAnswers(alone), ServiceBindRefused);
  assert.equal(near.counted.binds + far.counted.binds, before + 1);
});
