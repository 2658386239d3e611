import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsIn } from '#device-agent/event-stream.ts';
import { sidText } from '#device-agent/machine-account.ts';
import { domainsIn, readIni } from '#device-agent/sssd/config.ts';
import { ldifLine, readLdif } from '#device-agent/sssd/ldif.ts';
import { whyStale } from '#device-agent/stale.ts';

/** FILETIME of so many seconds after 1970. */
const filetime = (seconds: number): string => String((BigInt(seconds) + 11_644_473_600n) * 10_000_000n);
const said = (seconds: number, isDisabled = false) => ({ pwdLastSet: filetime(seconds), isDisabled });
const NOON = 1_795_780_800;

test('what was seen before decides without a clock', () => {
  const seen = { pwdLastSet: filetime(NOON), cachedAt: NOON + 500 };
  // An hour ahead, an hour behind: it makes no difference.
  for (const clockAhead of [-3_600_000, 0, 3_600_000]) {
    assert.equal(whyStale({ said: said(NOON), seen, clearedFor: null, cachedAt: NOON + 500, clockAhead }), undefined);
    assert.equal(whyStale({ said: said(NOON), seen, clearedFor: null, cachedAt: NOON + 9000, clockAhead }), undefined);
    assert.equal(whyStale({ said: said(NOON + 60), seen, clearedFor: null, cachedAt: NOON + 500, clockAhead }), 'password-changed');
  }
});

test('where both changed the clocks are compared, the device’s made equal to the controller’s, and doubt counts as stale', () => {
  const seen = { pwdLastSet: filetime(NOON - 9000), cachedAt: NOON - 8000 };
  const judge = (cachedAt: number, clockAhead = 0) => whyStale({ said: said(NOON), seen, clearedFor: null, cachedAt, clockAhead });
  assert.equal(judge(NOON + 60), undefined);
  assert.equal(judge(NOON - 60), 'password-changed');
  assert.equal(judge(NOON + 1), 'password-changed');
  assert.equal(judge(NOON + 60, -120_000), 'password-changed', 'the device’s clock is two minutes ahead of the controller’s');
  assert.equal(judge(NOON - 60, 120_000), undefined);
});

test('what is cached behind a notice of the last change is the new password, whatever the clocks say', () => {
  const seen = { pwdLastSet: filetime(NOON - 9000), cachedAt: NOON - 8000 };
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  const judge = (clearedFor: string | null) => whyStale({ said: said(NOON), seen, clearedFor, cachedAt: NOON, clockAhead: 0 });
  assert.equal(judge(at(NOON)), undefined);
  assert.equal(judge(at(NOON - 60)), 'password-changed', 'of another reset');
  assert.equal(judge(null), 'password-changed');
  const one = { seen, clearedFor: at(NOON), cachedAt: NOON, clockAhead: 0 };
  assert.equal(whyStale({ ...one, said: said(NOON, true) }), 'disabled');
});

test('a password that has to be changed, and an account that is disabled, let nobody in from the cache', () => {
  assert.equal(
    whyStale({ said: { pwdLastSet: '0', isDisabled: false }, seen: null, clearedFor: null, cachedAt: NOON, clockAhead: 0 }),
    'password-changed',
  );
  assert.equal(whyStale({ said: said(NOON, true), seen: null, clearedFor: null, cachedAt: NOON + 60, clockAhead: 0 }), 'disabled');
});

test('a stream of events is read whatever pieces it comes in, and one without an end fills no memory', async () => {
  const text = ': here\n\nevent: notice\nid: 1\ndata: {"a":\ndata: "ü"}\n\nevent: settings\r\ndata: {}\r\n\r\n';
  for (const size of [1, 2, 3, 7, 1000]) {
    const pieces = async function* () {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const events = [];
    for await (const event of eventsIn(pieces())) events.push(event);
    assert.deepEqual(events, [
      { name: 'notice', id: '1', data: '{"a":\n"ü"}' },
      { name: 'settings', id: undefined, data: '{}' },
    ]);
  }
  const endless = async function* () {
    for (;;) yield Buffer.alloc(10_000, 'a');
  };
  await assert.rejects(async () => {
    for await (const event of eventsIn(endless())) assert.fail(event.name);
  }, /too large/);
});

test('whatever stands in a value of LDIF, it is read back as that value and nothing more', () => {
  const dn = 'name=o\n-\ndelete: all: ü,cn=users,cn=bank.test,cn=sysdb';
  const [entry] = readLdif(`# record 1\n${ldifLine('dn', dn)}\nname: a\n b\nname: c\n\n# returned 1 records\n`);
  assert.deepEqual(
    entry,
    new Map([
      ['dn', [dn]],
      ['name', ['ab', 'c']],
    ]),
  );
  assert.equal(sidText(Buffer.from('AQUAAAAAAAUVAAAA3McxtLgYYwCuVhsPUQQAAA==', 'base64')), 'S-1-5-21-3023161308-6494392-253449902-1105');
});

test('the settings of SSSD are read as SSSD reads them, and a domain whose name is a path is none', () => {
  const [domain, ...more] = domainsIn(
    readIni(
      '[sssd]\ndomains = bank.test, ../../etc\n# comment\n[domain/bank.test]\nad_server = dc1.bank.test, _srv_\ncache_credentials = True\nkrb5_store_password_if_offline=true\n',
    ),
  );
  assert.deepEqual(more, []);
  assert.deepEqual(domain?.controllers, ['dc1.bank.test']);
  assert.deepEqual([domain?.realm, domain?.cachesCredentials, domain?.storesPasswordIfOffline], ['BANK.TEST', true, true]);
});
