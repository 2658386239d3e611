import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { DirectoryUnavailable } from '#activities/directory/errors.ts';
import { fakeDomain, tended, whoAnswers } from './fake-domain.ts';

/** Whom a directory asks, with a name server and controllers of the test's own. */
const bank = await fakeDomain();
const head = await bank.controller('dc-head');
const branch = await bank.controller('dc-branch', { site: 'Branch' });
const third = await bank.controller('dc-third', { site: 'Third', isPdc: true });
const whole = { all: [third, branch, head], sites: { Head: [head], Branch: [branch] }, pdc: third };
beforeEach(() => {
  bank.say(whole);
  bank.dns.be('well');
});

test('the controllers of the own site are asked first, and those of another site for somebody who stands there', async () => {
  const reader = bank.open();
  assert.equal(await whoAnswers(reader), head.name);
  await whoAnswers(reader, 'Branch');
  await tended(reader);
  assert.equal(await whoAnswers(reader, 'Branch'), branch.name);
  assert.equal(await whoAnswers(reader, 'branch'), branch.name, 'names of sites are alike in any case');
  assert.equal(await whoAnswers(reader), head.name);
});

test('whoever writes prefers the PDC emulator where the settings say so, and goes on without it', async () => {
  const writer = bank.open({ prefer: 'pdc' }, { writable: true });
  assert.equal(await whoAnswers(writer), third.name);
  await third.close();
  assert.equal(await whoAnswers(writer), head.name);
  await third.open();
});

test('a site without controllers of its own is served by those of the domain', async () => {
  bank.say({ ...whole, sites: {} });
  const reader = bank.open({ find: { servers: [bank.dns.server], site: 'Nowhere' } });
  assert.ok([head.name, branch.name, third.name].includes(await whoAnswers(reader)));
});

test('the port of an SRV record is that of plain LDAP and is never spoken: 636 it is', async () => {
  const reader = bank.open();
  assert.equal((await reader.controllers())[0]?.url, `ldaps://${head.name}:636`);
});

test('a host outside of the domain, or with an odd name, is never asked, whatever DNS says', async () => {
  const evil = ['dc.evil.test', 'bank.test', 'evilbank.test', 'dc-head.bank.test.evil.test', 'a b.bank.test', '*.bank.test', '.'];
  bank.dns.say({
    '_ldap._tcp.dc._msdcs.bank.test': [...evil, head.name].map((name) => ({ srv: `0 100 389 ${name}` })),
    '_ldap._tcp.head._sites.dc._msdcs.bank.test': evil.map((name) => ({ srv: `0 100 389 ${name}` })),
    [head.name]: [{ a: head.address }],
  });
  const reader = bank.open();
  assert.equal(await whoAnswers(reader), head.name);
  assert.deepEqual(
    (await reader.controllers()).map(({ servername }) => servername),
    [head.name],
  );
});

test('a forged answer leads to nobody who could be believed, and the list in the settings still serves', async () => {
  bank.dns.say({
    '_ldap._tcp.dc._msdcs.bank.test': [{ srv: '0 100 389 dc-forged.bank.test' }],
    'dc-forged.bank.test': [{ a: branch.address }],
  });
  const before = branch.counted.looks + branch.counted.binds;
  await assert.rejects(whoAnswers(bank.open()), /dc-forged\.bank\.test: .*(altnames|does not match)/);
  assert.equal(branch.counted.looks + branch.counted.binds, before, 'it had the authority and not the name, so it heard nothing');
  assert.equal(await whoAnswers(bank.open({ controllers: [bank.listed(head)] })), head.name);
});

test('no name server but those of the settings is asked, for nothing but the domain', async () => {
  bank.dns.asked.length = 0;
  await whoAnswers(bank.open());
  const own = /^(_ldap\._tcp\.(head\._sites\.dc|dc|pdc)\._msdcs\.bank\.test|dc-(head|branch|third)\.bank\.test)$/;
  assert.deepEqual(
    bank.dns.asked.filter((name) => !own.test(name)),
    [],
  );
  assert.ok(bank.dns.asked.length >= 4);
});

test('as long as DNS has never answered, the list serves; afterwards what DNS says, with the list behind it', async () => {
  bank.dns.be('silent');
  const reader = bank.open({ controllers: [bank.listed(branch)] });
  assert.equal(await whoAnswers(reader), branch.name);
  bank.dns.be('well');
  bank.pass(60_000);
  await tended(reader);
  assert.equal(await whoAnswers(reader), head.name);
  assert.equal((await reader.controllers()).at(-1)?.url, `ldaps://${branch.address}:636`);
});

test('with no list and no answer of DNS it is said in words, and it goes on when DNS is back', async () => {
  bank.dns.be('failing');
  const reader = bank.open();
  await assert.rejects(whoAnswers(reader), (error: Error) => {
    assert.ok(error instanceof DirectoryUnavailable);
    assert.match(error.message, /no name server answers .*asked 127\.0\.0\.1/);
    return true;
  });
  bank.dns.say({});
  bank.dns.be('well');
  bank.pass(60_000);
  await assert.rejects(whoAnswers(reader), /know no controller of bank\.test/);
  bank.say(whole);
  bank.pass(60_000);
  assert.equal(await whoAnswers(reader), head.name);
});

test('what DNS said last is kept while it cannot tell, and so are the addresses', async () => {
  const reader = bank.open();
  assert.equal(await whoAnswers(reader), head.name);
  bank.dns.be('failing');
  bank.pass(10 * 60_000);
  await tended(reader);
  await head.close();
  await head.open();
  assert.equal(await whoAnswers(reader), head.name, 'by a new connection');
});

test('a controller that left the list is not asked any more, but for what was written there', async () => {
  const writer = bank.open({}, { writable: true });
  assert.equal(await whoAnswers(writer), head.name);
  bank.say({ all: [branch, third], sites: { Head: [branch] } });
  bank.pass(10 * 60_000);
  await tended(writer);
  assert.equal(await whoAnswers(writer), branch.name);
  bank.say(whole);
  const claimed = `ldaps://${head.name}:636`;
  assert.equal(await whoAnswers(writer.only(claimed)!), head.name);
  assert.equal(await whoAnswers(bank.open({}, { writable: true }).only(claimed)!), head.name, 'also after a restart');
});

test('only controllers of this domain or of the list are reached by what a claim names', () => {
  const writer = bank.open({ controllers: [bank.listed(third)] });
  for (const url of [
    'ldaps://dc.evil.test:636',
    'ldaps://dc-head.bank.test:1636',
    'ldap://dc-head.bank.test:636',
    'ldaps://127.0.0.1:636',
    '',
  ])
    assert.equal(writer.only(url), undefined, url);
  assert.ok(writer.only(`ldaps://${third.address}:636`));
});

test('a read-only controller is read and never written, by whatever it is recognised', async () => {
  const change = new Change({ operation: 'replace', modification: new Attribute({ type: 'info', values: ['x'] }) });
  for (const kind of ['readOnly', 'readOnlyByObject'] as const) {
    head.said[kind] = true;
    const reader = bank.open();
    assert.equal(await whoAnswers(reader), head.name, 'it may be read');
    await reader.write((session) => session.modify('CN=x,DC=bank,DC=test', [change]));
    const writer = bank.open({}, { writable: true });
    assert.notEqual(await whoAnswers(writer), head.name);
    await writer.write((session) => session.modify('CN=x,DC=bank,DC=test', [change]));
    const alone = bank.open({ find: undefined, controllers: [bank.listed(head)] }, { writable: true });
    await assert.rejects(whoAnswers(alone), /dc-head\.bank\.test is a read-only controller, which takes no changes/);
    head.said[kind] = false;
  }
  assert.equal(head.counted.changes, 0);
});

test('a controller of another domain is refused in words, and no password is shown to it', async () => {
  const stranger = await bank.controller('dc-stranger', { baseDn: 'DC=other,DC=test' });
  const alone = bank.open({ find: undefined, controllers: [bank.listed(stranger)] });
  await assert.rejects(whoAnswers(alone), /dc-stranger\.bank\.test serves DC=other,DC=test and not DC=bank,DC=test/);
  const both = bank.open({ find: undefined, controllers: [bank.listed(stranger), bank.listed(head)] });
  assert.equal(await whoAnswers(both), head.name);
  assert.equal(stranger.counted.binds, 0);
});

test('a name of the domain that is none cannot be looked for', () => {
  assert.throws(() => bank.open({ baseDn: 'OU=Staff,DC=bank,DC=test' }), /is not the name of a domain/);
  assert.throws(() => bank.open({ find: undefined, controllers: [] }), /no controller is configured/);
});
