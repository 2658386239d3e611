import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControllerSeen } from '#api/controllers-endpoints.ts';
import { noteOnce } from '#activities/directory/note-controllers.ts';
import { silenceInWords } from '#domain/controller-silence.ts';
import { fakeDomain, tended } from '../directory/fake-domain.ts';
import { useApp } from './app-under-test.ts';

/** What operators see of the controllers, as two processes know them, while one of two dies and comes back. */
const app = await useApp();
const bank = await fakeDomain();
const head = await bank.controller('dc-head');
const branch = await bank.controller('dc-branch', { isPdc: true, site: 'Branch' });
bank.say({ all: [head, branch], sites: { Head: [head], Branch: [branch] }, pdc: branch });
const reader = bank.open();
const writer = bank.open({ prefer: 'pdc' }, { writable: true });
const note = async (): Promise<void> => {
  await noteOnce({ db: app.database.as('verifier'), directory: reader, process: 'verifier' });
  await noteOnce({ db: app.database.as('writer_staff'), directory: writer, process: 'writer-staff' });
};

async function shown(): Promise<ControllerSeen[]> {
  const answer = await app.ask('GET', '/api/v1/controllers', { headers: await app.signedIn(['operator']) });
  assert.equal(answer.status, 200);
  return answer.body['items'] as ControllerSeen[];
}
const inShort = (items: ControllerSeen[]) => items.map(({ process, name, health, turn }) => `${process} ${turn} ${name} ${health}`);

test('each process tells whom it would ask next, and how it knows of them; a question is a look without signing in', async () => {
  await note();
  await note();
  assert.deepEqual(inShort(await shown()), [
    `verifier 1 ${head.name} good`,
    `verifier 2 ${branch.name} good`,
    `writer-staff 1 ${branch.name} good`,
    `writer-staff 2 ${head.name} good`,
  ]);
  const [first, second] = await shown();
  assert.deepEqual([first?.namedBy, first?.isPdc, first?.why], ['site', false, null]);
  assert.deepEqual([second?.namedBy, second?.isPdc, second?.site], ['domain', true, 'Branch']);
  assert.ok((first?.milliseconds ?? -1) >= 0);
});

test('one of two that dies is said to be silent, since when and why, within half a minute and although nobody needs it', async () => {
  const before = (await shown()).find(({ process, name }) => process === 'writer-staff' && name === branch.name);
  await branch.close();
  bank.pass(31_000);
  await note();
  await tended(writer);
  const items = await shown();
  assert.deepEqual(inShort(items), [
    `verifier 1 ${head.name} good`,
    `verifier 2 ${branch.name} silent`,
    `writer-staff 1 ${head.name} good`,
    `writer-staff 2 ${branch.name} silent`,
  ]);
  const silent = items.find(({ process, health }) => process === 'writer-staff' && health === 'silent');
  assert.equal(silent?.why, 'It refuses connections at port 636: see whether it runs.');
  assert.ok((silent?.since ?? '') > (before?.since ?? ''));
  const metrics = await app.ask('GET', '/metrics', { headers: await app.signedIn(['operator']) });
  assert.match(metrics.text, new RegExp(`countersign_controller_answers\\{process="verifier",controller="${branch.name}"\\} 0`));
  assert.match(metrics.text, new RegExp(`countersign_controller_answers\\{process="verifier",controller="${head.name}"\\} 1`));
  await branch.open();
});

test('it comes back, proves itself for a minute and is asked first again', async () => {
  bank.pass(11_000);
  await note();
  assert.match(inShort(await shown()).join(), new RegExp(`writer-staff 2 ${branch.name} proving`));
  for (let quarter = 0; quarter < 5; quarter++) {
    bank.pass(16_000);
    await note();
  }
  assert.deepEqual(inShort(await shown()).slice(2), [`writer-staff 1 ${branch.name} good`, `writer-staff 2 ${head.name} good`]);
});

test('a process that notes nothing any more is said to be unheard, and its controllers are not told as well', async () => {
  await app.owner.controllerView.updateMany({ where: { process: 'verifier' }, data: { at: new Date(Date.now() - 61_000) } });
  assert.ok((await shown()).every(({ process, health }) => (process === 'verifier') === (health === 'unheard')));
});

test('one that nobody names any more is forgotten', async () => {
  bank.say({ all: [head], sites: { Head: [head] } });
  bank.pass(6 * 60_000);
  await note();
  await note();
  assert.deepEqual(
    (await shown()).map(({ name }) => name),
    [head.name, head.name],
  );
});

test('it is for operators, officers, administrators and auditors, and nobody else', async () => {
  for (const role of ['approver', 'help-desk'] as const)
    assert.equal((await app.ask('GET', '/api/v1/controllers', { headers: await app.signedIn([role]) })).status, 403, role);
  assert.equal((await app.ask('GET', '/api/v1/controllers')).status, 401);
});

test('what the line says is told in words, and as it is where nobody knows what it means', () => {
  assert.equal(silenceInWords('bind: deadline 5000 ms'), 'It did not answer in time.');
  assert.equal(silenceInWords('connect EHOSTUNREACH 192.0.2.7:636'), 'No way through the network leads to it.');
  assert.equal(
    silenceInWords("ERR_TLS_CERT_ALTNAME_INVALID Host: dc9. is not in the cert's list"),
    'Its certificate is not of the pinned authority, or not for its name.',
  );
  assert.equal(silenceInWords('something else'), 'something else');
});
