import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDirectory } from '#activities/directory/connect.ts';
import { DirectoryUnavailable } from '#activities/directory/errors.ts';
import type { WriteAsked, WriterActivities } from '#activities/contract.ts';
import { issueDirectoryCertificate } from '#ops/directory/certificate.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { amount } from '../support/campaign.ts';
import { passwordVersion } from '../support/directory.ts';
import { FAULTS, startLdapProxy, type Boundary, type Fault } from '../support/ldap-proxy.ts';
import { writerBench } from './workbench.ts';

const bench = await writerBench();
const administrator = bench.bank.as('administrator');
const [real] = bench.bank.settings.controllers;
assert.ok(real);
const authority = (name: string) => readFileSync(join(bench.bank.stateDir, 'ca', name), 'utf8');
const { certPem: cert, keyPem: key } = await issueDirectoryCertificate(
  { certPem: authority('ca.pem'), keyPem: authority('ca.key') },
  { dns: [demoDomain.host], ip: '127.0.0.1' },
);

/** One account each, so that many wait for a silent line side by side. */
const LANES = ['alice.moreau', 'bilal.osman', 'goran.petrovic', 'mateo.silva', 'karim.haddad', 'lena.fischer', 'quentin.roux'];
LANES.push('jonas.berg', 'priya.menon', 'ines.duarte', 'helena.voss', 'fatima.noor');

interface Case {
  at: Boundary;
  kind: Fault;
}
interface Played {
  told: string;
  /** How often the password was changed, by the controller's own count. */
  changes: number;
  seen: Boundary[];
  struck: boolean;
  leaves: string[];
}

/** One reset of this account through a line with this fault, tried until somebody can tell. */
async function play(account: string, fault?: Case): Promise<Played> {
  const proxy = await startLdapProxy({ controller: real!, caPem: bench.bank.settings.caPem, cert, key, fault });
  const settings = { ...bench.bank.settings, controllers: [proxy.controller] };
  const { dn, passwordFile } = bench.bank.install.serviceAccounts.writerStaff;
  const directory = openDirectory(settings, { dn, password: () => readFileSync(passwordFile, 'utf8').trim() }, { connections: 2 });
  try {
    const before = await passwordVersion(administrator, account);
    const { asked, password } = await bench.scene(account);
    const told = await toTheEnd(await bench.writer('staff', { directory, directoryOn: () => directory }), asked, proxy.letGo);
    if (told === 'done') assert.equal(await bench.bank.says(account, password), 'ok');
    const changes = (await passwordVersion(administrator, account)) - before;
    return { told, changes, seen: proxy.seen, struck: proxy.struck(), leaves: await bench.leaves(asked.reset) };
  } finally {
    await directory.close();
    await proxy.close();
  }
}

/** What is delayed comes when its asker has given up, before anybody looks what became of it. */
async function toTheEnd(writer: WriterActivities, asked: WriteAsked, letGo: () => Promise<void>): Promise<string> {
  for (let tries = 0; tries < 6; tries++) {
    try {
      const { outcome } = await writer.writePassword(asked);
      if (outcome !== 'applied') return outcome;
      return (await writer.verifyPassword(asked)).verified ? 'done' : 'not confirmed';
    } catch (error) {
      if (!(error instanceof DirectoryUnavailable)) throw error;
      await letGo();
      // The attempt is over; so its claim may be as old as one whose attempt is surely over.
      await bench.owner
        .$executeRaw`UPDATE write_claim SET claimed_at = claimed_at - interval '1 minute' WHERE reset_id = ${asked.reset}::uuid AND state = 'claimed'`;
    }
  }
  return 'nobody can tell';
}

const nameOf = ({ connection, from, message, operation }: Boundary): string => `${connection}/${from}/${message} ${operation}`;

/** Every message of a write and its bind, as they pass when nothing happens. */
const clean = await play('alice.moreau');
const boundaries = clean.seen.filter(({ operation }) => operation !== 'unbindRequest');

test('a write through a line without faults passes the same messages each time', async () => {
  assert.deepEqual([clean.told, clean.changes], ['done', 1]);
  const again = await play('bilal.osman');
  assert.deepEqual(again.seen.map(nameOf).toSorted(), clean.seen.map(nameOf).toSorted());
  for (const operation of ['bindRequest', 'searchRequest', 'modifyRequest', 'modifyResponse', 'bindResponse'])
    assert.ok(
      boundaries.some((one) => one.operation === operation),
      operation,
    );
});

/** An answer without what it is about, before anything was written: as if there were no such account, which is a no. */
const isUnseen = ({ kind, at }: Case): boolean => kind === 'drop' && at.operation === 'searchResEntry';

/** Every fault from the change on, and before it every message with one of them in turn; all with all in the campaign. */
function cases(): Case[] {
  const change = boundaries.findIndex(({ operation }) => operation === 'modifyRequest');
  return boundaries.flatMap((at, index) =>
    FAULTS.filter((_, which) => amount(index >= change - 1 || which === index % FAULTS.length, true)).map((kind) => ({ at, kind })),
  );
}

test('whatever happens to one message between writer and controller, the password is changed once, and what is told is true', async (t) => {
  const waiting = cases();
  const wrong: string[] = [];
  const count = new Map<string, number>();
  await Promise.all(
    LANES.map(async (account) => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { told, changes, struck, leaves } = await play(account, next);
        const what = `${next.kind} ${nameOf(next.at)}: ${told}, changed ${changes} times`;
        // Who holds the controller's key may say a change twice, and no controller knows: it is seen, and not told as done.
        const isSaidTwice = next.kind === 'duplicate' && next.at.operation === 'modifyRequest';
        const results = leaves.filter((leaf) => leaf === 'write.result success').length;
        // Or the connection was over before the controller read it for the second time: then it was made once.
        const isRight =
          told === 'done'
            ? changes === 1
            : isSaidTwice
              ? told === 'not confirmed' && changes === 2
              : isUnseen(next) && told === 'refused' && changes === 0;
        if (!isRight || !struck || results !== Math.min(changes, 1)) wrong.push(`${what}${struck ? '' : ', and the fault never struck'}`);
        count.set(`${next.kind}: ${told}`, (count.get(`${next.kind}: ${told}`) ?? 0) + 1);
      }
    }),
  );
  t.diagnostic(
    `${boundaries.length} messages; ${[...count]
      .map(([what, times]) => `${what} ${times}`)
      .toSorted((one, other) => one.localeCompare(other))
      .join(', ')}`,
  );
  assert.deepEqual(wrong, []);
});
