import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDirectory, type Directory } from '#activities/directory/connect.ts';
import { readSecretLine } from '#config';
import { dnsServer } from '../support/dns-server.ts';
import { fakeController } from '../support/fake-controller.ts';
import { writerBench } from './workbench.ts';

const bench = await writerBench();
const { bank } = bench;
const dns = await dnsServer();
const pem = (name: string): string => readFileSync(join(bank.stateDir, 'ca', name), 'utf8');
const other = await fakeController({ certPem: pem('ca.pem'), keyPem: pem('ca.key') }, 'dc2.bank.test');
const written = 'dc1.bank.test';
const SETTLED_MS = 3200;

function nameOnly(host: string): void {
  dns.say({
    '_ldap._tcp.dc._msdcs.bank.test': [{ srv: `0 100 389 ${host}` }],
    [written]: [{ a: bank.address }],
    [other.name]: [{ a: other.address }],
  });
}

/** The writer's directory as its entry opens it, found by DNS: each time as after a restart. */
function restarted(): Directory {
  const { dn, passwordFile } = bank.install.serviceAccounts.writerStaff;
  const settings = { ...bank.settings, controllers: [], find: { servers: [dns.server] } };
  const directory = openDirectory(settings, { dn, password: () => readSecretLine(passwordFile) }, { connections: 2, writable: true });
  after(() => directory.close());
  return directory;
}

test('a controller that DNS names no more is asked all the same for what was written to it, by the name in the claim alone', async () => {
  nameOnly(written);
  const before = await bench.versions();
  const { asked, password } = await bench.scene('alice.moreau');
  const first = restarted();
  const losing = (directory: Directory): Directory => ({
    ...directory,
    write: (work) =>
      directory.write((session) =>
        work({
          ...session,
          async modify(...change) {
            await session.modify(...change);
            throw new Error('killed');
          },
        }),
      ),
  });
  const directoryOn = (url: string): Directory | undefined => {
    const alone = first.only(url);
    return alone && losing(alone);
  };
  const dying = await bench.writer('staff', { directory: first, directoryOn });
  await assert.rejects(dying.writePassword(asked), { name: 'DirectoryUnavailable' });
  const [claim] = await bench.owner.writeClaim.findMany({ where: { resetId: asked.reset } });
  assert.deepEqual([claim?.state, claim?.controller], ['claimed', `ldaps://${written}:636`]);

  nameOnly(other.name);
  const directory = restarted();
  const writer = await bench.writer('staff', { directory, directoryOn: directory.only });
  await sleep(SETTLED_MS);
  assert.equal((await writer.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await writer.verifyPassword(asked), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['alice.moreau']);
  assert.equal(await bank.says('alice.moreau', password), 'ok');
  assert.deepEqual([other.counted.binds, other.counted.changes], [0, 0], 'whoever took its place was not asked');
});
