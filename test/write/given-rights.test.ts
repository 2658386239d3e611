import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compareDirectory, type Found } from '#activities/reconcile/compare-directory.ts';
import { groupSid } from '#activities/directory/group-members.ts';
import { runCommand } from '#ops/run-command.ts';
import { writerBench } from './workbench.ts';

/** Who may do what on a real controller, given and taken with its own tools, beside what was there before. */
const bench = await writerBench();
const { bank, owner } = bench;
const { serviceAccounts, layout } = bank.install;
const watched = {
  writers: [serviceAccounts.writerStaff.dn, serviceAccounts.writerPrivileged.dn],
  reader: serviceAccounts.reader.dn,
  groups: ['CS-Security-Officers'],
};
const deps = { db: bench.database.as('verifier'), directory: bank.as('reader'), watched, events: [] };
const base = bank.settings.baseDn;
const staff = `OU=Staff,${base}`;
const helpDesk = (await groupSid(bank.as('reader'), 'CS-Help-Desk')) ?? '';
const [writerStaff, reader] = await Promise.all([sidOf('svc-writer-staff'), sidOf('svc-reader')]);

const RESET = '00299570-246d-11d0-a768-00aa006e0529';
const LOCKOUT = '28630ebf-41d5-11d1-a9c1-0000f80367c1';
const USER = 'bf967aba-0de6-11d0-a285-00aa003049e2';
const giveReset = (sid: string): string => `(OA;CIIO;CR;${RESET};${USER};${sid})`;

async function sidOf(account: string): Promise<string> {
  return (await bank.account(account)).sid;
}

async function look(): Promise<Found> {
  const found = await compareDirectory(deps);
  assert.ok(found, 'nobody else is at it');
  return found;
}

/** Alarms that a look after this raises: kind and words; and the counts of its leaf. */
async function toldAfter(
  work: () => Promise<unknown>,
): Promise<{ alarms: [kind: string, about: string | null][]; rights: Found['rights'] }> {
  const before = await owner.alarm.count();
  await work();
  const { rights } = await look();
  const raised = await owner.alarm.findMany({ orderBy: { id: 'asc' }, skip: before });
  return { alarms: raised.map(({ kind, about }) => [kind, about]), rights };
}

async function rewrite(dn: string, ...replace: [what: string, by: string][]): Promise<string> {
  const script = fileURLToPath(new URL('rewrite-list.py', import.meta.url));
  const input = JSON.stringify({ config: layout.config, database: layout.database, dn, replace });
  const { code, stdout, stderr } = await runCommand('/usr/bin/python3', [script], { input, timeoutMs: 60_000 });
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** An entry at the head of a list. */
const give = (dn: string, entry: string): Promise<string> => rewrite(dn, ['(', `${entry}(`]);

test('the first look notes who may do what, and raises nothing; the next finds nothing new', async () => {
  const { alarms, rights } = await toldAfter(async () => {});
  assert.deepEqual(alarms, []);
  assert.deepEqual([rights.hidden, rights.grew, rights.lost], [0, 0, 0]);
  const names = (await owner.seenRights.findMany()).map(({ dn }) => dn);
  for (const dn of [
    base,
    `CN=AdminSDHolder,CN=System,${base}`,
    staff,
    `OU=Tellers,${staff}`,
    `OU=Privileged,${base}`,
    `CN=Domain Admins,CN=Users,${base}`,
    `CN=krbtgt,CN=Users,${base}`,
    `CN=CS-Security-Officers,OU=Groups,${base}`,
    (await bank.account('rosa.klein')).dn,
    ...watched.writers,
    watched.reader,
  ])
    assert.ok(names.includes(dn), dn);
  assert.equal(rights.objects, names.length);
  assert.deepEqual((await toldAfter(async () => {})).alarms, []);
});

test('a right to set passwords that somebody got is an alarm that names who, what and where, once', async () => {
  const { alarms, rights } = await toldAfter(() => give(staff, giveReset(helpDesk)));
  assert.deepEqual(alarms, [['directory-right-grew', `CS-Help-Desk may now set passwords: accounts below ${staff}.`]]);
  assert.equal(rights.grew, 1);
  const leaf = await owner.leaf.findFirstOrThrow({ where: { reason: 'directory-right-grew' }, orderBy: { seq: 'desc' } });
  const body = JSON.parse(leaf.body) as { do: { trustee: string; rights: string[] } };
  assert.deepEqual([body.do.trustee, body.do.rights], [helpDesk, [`allow ${helpDesk} reset-password below:${USER}`]]);
  assert.ok(!leaf.body.includes('OU='), 'names stay out of the log');
  assert.deepEqual((await toldAfter(async () => {})).alarms, [], 'once');
});

test('the same entries in another order, and one that is cut in two, are the same rights', async () => {
  const both = `(OA;CIIO;CR;${RESET};${USER};${helpDesk})`;
  const { alarms } = await toldAfter(async () => {
    await rewrite(staff, [both, '']);
    await give(staff, `${both}(OA;CIIO;RP;${LOCKOUT};${USER};${helpDesk})`);
  });
  assert.deepEqual(alarms, []);
});

test('what was taken away and is given once more is told once more', async () => {
  assert.deepEqual((await toldAfter(() => rewrite(staff, [giveReset(helpDesk), '']))).alarms, []);
  const { alarms } = await toldAfter(() => give(staff, giveReset(helpDesk)));
  assert.equal(alarms.length, 1);
});

test('on the domain, AdminSDHolder, a protected group and a service account each dangerous right is told in words', async () => {
  const { alarms } = await toldAfter(async () => {
    await give(base, `(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;${helpDesk})`);
    await give(`CN=AdminSDHolder,CN=System,${base}`, `(A;;WDWO;;;${helpDesk})`);
    await give(`CN=Domain Admins,CN=Users,${base}`, `(OA;;WP;bf9679c0-0de6-11d0-a285-00aa003049e2;;${helpDesk})`);
    await rewrite(serviceAccounts.writerStaff.dn, ['(D;;WPCRSW;;;PS)', '']);
  });
  const told = alarms.map(([, about]) => about ?? '').toSorted((a, b) => (a < b ? -1 : 1));
  assert.deepEqual(told, [
    `CS-Help-Desk may now change the rights, and so give itself everything; take ownership, and so give itself everything: on CN=AdminSDHolder,CN=System,${base}.`,
    `CS-Help-Desk may now change who is a member: on CN=Domain Admins,CN=Users,${base}.`,
    `CS-Help-Desk may now replicate, and so read the password hashes of everybody: on ${base}.`,
    `Every account, of itself, is no longer forbidden to write every attribute; use every extended right, such as to set passwords; make every validated write, such as to make itself a member: on ${serviceAccounts.writerStaff.dn}.`,
  ]);
});

test('what AdminSDHolder gives is told there, and not once more for each account over which Windows copies it', async () => {
  const entry = `(OA;;CR;${RESET};;${helpDesk})`;
  const { alarms } = await toldAfter(async () => {
    for (const dn of [`CN=AdminSDHolder,CN=System,${base}`, (await bank.account('rosa.klein')).dn, `CN=Domain Admins,CN=Users,${base}`])
      await give(dn, entry);
  });
  assert.deepEqual(alarms, [['directory-right-grew', `CS-Help-Desk may now set passwords: on CN=AdminSDHolder,CN=System,${base}.`]]);
  const own = await toldAfter(async () => give((await bank.account('rosa.klein')).dn, `(OA;;WP;${LOCKOUT};;${helpDesk})`));
  assert.equal(own.alarms.length, 1, 'but what one of them alone gives');
});

test('a right that our writer lost is told, since resets will fail', async () => {
  const { alarms, rights } = await toldAfter(() => rewrite(staff, [giveReset(writerStaff), '']));
  assert.deepEqual(alarms, [['writer-right-lost', `svc-writer-staff may no longer set passwords: accounts below ${staff}.`]]);
  assert.deepEqual([rights.grew, rights.lost], [0, 1]);
  const forbidden = await toldAfter(() => give(staff, `(OD;CIIO;WP;${LOCKOUT};${USER};${writerStaff})`));
  assert.deepEqual(forbidden.alarms, [
    ['writer-right-lost', `svc-writer-staff is now forbidden to end lockouts: accounts below ${staff}.`],
  ]);
  const back = await toldAfter(async () => {
    await rewrite(staff, [`(OD;CIIO;WP;${LOCKOUT};${USER};${writerStaff})`, '']);
    await give(staff, giveReset(writerStaff));
  });
  assert.deepEqual(
    back.alarms.map(([kind]) => kind),
    ['directory-right-grew'],
    'what came back is a right that grew, ours or not',
  );
});

test('a new unit is compared with none; as the directory makes it, it is nothing to tell', async () => {
  const unit = async (name: string, entry?: string) => {
    const made = await runCommand('/usr/bin/samba-tool', ['ou', 'create', `OU=${name},${staff}`, '-H', layout.database], {
      timeoutMs: 60_000,
    });
    assert.equal(made.code, 0, made.stderr);
    if (entry !== undefined) await give(`OU=${name},${staff}`, entry);
  };
  assert.deepEqual((await toldAfter(() => unit('Plain'))).alarms, []);
  const { alarms } = await toldAfter(() => unit('Handed Over', giveReset(helpDesk)));
  assert.deepEqual(alarms, [['directory-right-grew', `CS-Help-Desk may now set passwords: accounts below OU=Handed Over,${staff}.`]]);
});

test('a list that is shown no longer is an alarm and counted in the leaf; what was given meanwhile is told when it shows again', async () => {
  const tellers = `OU=Tellers,${staff}`;
  const hiding = `(D;;RC;;;${reader})`;
  const { alarms, rights } = await toldAfter(() => give(tellers, hiding));
  assert.deepEqual(alarms, [['directory-rights-hidden', tellers]]);
  assert.equal(rights.hidden, 1);
  const quiet = await toldAfter(() => give(tellers, giveReset(helpDesk)));
  assert.deepEqual([quiet.alarms, quiet.rights.hidden], [[], 1]);
  await owner.seenController.updateMany({ data: { recordedAt: null } });
  await look();
  const hourly = await owner.leaf.findFirstOrThrow({ where: { type: 'directory.reconciled' }, orderBy: { seq: 'desc' } });
  assert.equal((JSON.parse(hourly.body) as { do: { rights: { hidden: number } } }).do.rights.hidden, 1);
  const shown = await toldAfter(() => rewrite(tellers, [hiding, '']));
  assert.deepEqual(shown.alarms, [['directory-right-grew', `CS-Help-Desk may now set passwords: accounts below ${tellers}.`]]);
});

test('whoever comes to own an object, and one that inherits again, are told', async () => {
  const privileged = `OU=Privileged,${base}`;
  const list = await rewrite(privileged);
  const ownerNow = /^O:(.+?)G:/.exec(list)?.[1] ?? '';
  const owned = await toldAfter(() => rewrite(privileged, [`O:${ownerNow}G:`, `O:${helpDesk}G:`]));
  assert.deepEqual(owned.alarms, [['directory-right-grew', `CS-Help-Desk now owns ${privileged}, and so may give itself everything.`]]);
  assert.deepEqual((await toldAfter(() => rewrite(privileged, [/D:[A-Z]*/.exec(list)?.[0] ?? '', 'D:PAI']))).alarms, []);
  const again = await toldAfter(() => rewrite(privileged, ['D:PAI', 'D:AI']));
  assert.deepEqual(again.alarms, [
    ['directory-right-grew', `${privileged} inherits rights again, and so everything that is given above it.`],
  ]);
});
