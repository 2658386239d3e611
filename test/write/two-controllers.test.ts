import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { WriterActivities } from '#activities/contract.ts';
import { openArrivals } from '#activities/directory/arrivals.ts';
import { openDirectory, type Directory } from '#activities/directory/connect.ts';
import { DirectoryUnavailable } from '#activities/directory/errors.ts';
import type { PasswordStamp } from '#activities/directory/password-stamp.ts';
import { amount } from '../support/campaign.ts';
import { passwordVersion } from '../support/directory.ts';
import { patiently } from '../support/patiently.ts';
import { twoControllers } from '../support/two-controllers.ts';
import { benchAt, type Case } from './workbench.ts';

const two = await twoControllers();
const bench = await benchAt(two.both());
const [first, second] = [two.only(two.first).as('administrator'), two.only(two.second).as('administrator')];

test('a password that is written at one controller is seen at the other by its version, and binds there', async () => {
  const { asked, password } = await bench.scene('karim.haddad');
  const staff = await bench.writer('staff');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  const { verified, change } = await staff.verifyPassword(asked);
  assert.ok(verified && change);
  const version = await passwordVersion(first, 'karim.haddad');
  assert.deepEqual([change.controller, change.stamp.version], [two.first.controller.url, version]);
  await patiently(two.replicate);
  assert.equal(await passwordVersion(second, 'karim.haddad'), version);
  assert.equal(await two.only(two.second).says('karim.haddad', password), 'ok');
});

test('a new password is watched on its way by its version, and a dead controller is not waited for', async (t) => {
  const { dn, passwordFile } = two.install.serviceAccounts.reader;
  let now = Date.now();
  const reader = openDirectory(two.both().settings, { dn, password: () => readFileSync(passwordFile, 'utf8').trim() });
  t.after(() => reader.close());
  const arrivals = openArrivals(reader, () => now);
  const [here, there] = [two.first.controller.url, two.second.controller.url];
  const { asked } = await bench.scene('lena.fischer');
  const writer = await writerOf();
  await writer.writePassword(asked);
  two.first.freeze(true);
  // The first one holds its tongue: as far as the second one can know, nothing has happened.
  const { stamp_after: stamp } = await claimOf(asked.reset);
  const version = await passwordVersion(second, 'lena.fischer');
  const onItsWay = await arrivals.look(asked.account, { ...stamp, version: version + 1 }, here);
  two.first.freeze(false);
  assert.deepEqual(onItsWay, { [there]: 'on-its-way' });
  // Both stand in one site: who is there waits for the other one too, and who is elsewhere for none that is known.
  const site = 'Default-First-Site-Name';
  const later = { ...stamp, version: version + 1 };
  assert.deepEqual(await arrivals.lookNear(asked.account, later, here, site), { seen: { [there]: 'on-its-way' }, here: 'on-its-way' });
  assert.deepEqual(await arrivals.lookNear(asked.account, later, here, 'Branch'), { seen: { [there]: 'on-its-way' }, here: undefined });
  await patiently(two.replicate);
  assert.deepEqual(await arrivals.look(asked.account, stamp, here), { [there]: 'arrived' });
  assert.deepEqual(await arrivals.lookNear(asked.account, stamp, here, site.toLowerCase()), {
    seen: { [there]: 'arrived' },
    here: 'arrived',
  });

  two.second.freeze(true);
  t.after(() => two.second.freeze(false));
  assert.deepEqual(await arrivals.look(asked.account, stamp, here), { [there]: 'silent' });
  two.second.freeze(false);
  assert.deepEqual(await arrivals.look(asked.account, stamp, here), { [there]: 'silent' }, 'not asked again so soon');
  now += 60_000;
  assert.deepEqual(await arrivals.look(asked.account, stamp, here), { [there]: 'arrived' });
});

async function claimOf(reset: string): Promise<{ stamp_after: PasswordStamp }> {
  const [row] = await bench.owner.$queryRaw<
    { stamp_after: PasswordStamp }[]
  >`SELECT stamp_after FROM write_claim WHERE reset_id = ${reset}::uuid`;
  return row ?? assert.fail('nothing was claimed');
}

/** What may happen to the first controller, and how it ends. */
const TROUBLES: Record<string, { begin: () => void; end: () => Promise<void> | void }> = {
  'it freezes': { begin: () => two.first.freeze(true), end: () => two.first.freeze(false) },
  'it is slow': { begin: () => two.first.slow(true), end: () => two.first.slow(false) },
  'it is killed': { begin: () => two.first.kill(), end: () => two.first.start() },
  'its line is cut': { begin: () => two.first.plug(false), end: () => two.first.plug(true) },
};

/** Where the reset is when it happens. */
const STEPS = ['before the claim', 'between claim and wire', 'after the yes', 'before the bind'] as const;
type Step = (typeof STEPS)[number];

/** A reset that has come to its step, and waits there until it is let go. */
interface Held {
  account: string;
  step: Step;
  case: Case;
  before: number;
  letGo: () => void;
  attempt: Promise<unknown>;
}

async function holdAt(account: string, step: Step): Promise<Held> {
  const before = await passwordVersion(first, account);
  const scene = await bench.scene(account);
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: open, resolve: letGo } = Promise.withResolvers<void>();
  const gate = async (at: Step): Promise<void> => {
    if (at !== step) return;
    reach();
    await open;
  };
  const gated = (inner: Directory): Directory => ({
    ...inner,
    write: (work) =>
      inner.write((session) =>
        work({
          ...session,
          async modify(...change) {
            await gate('between claim and wire');
            await session.modify(...change);
            await gate('after the yes');
          },
        }),
      ),
  });
  const writer = await writerOf(gated);
  const attempt = (async () => {
    await gate('before the claim');
    await writer.writePassword(scene.asked);
    await gate('before the bind');
    await writer.verifyPassword(scene.asked);
  })().catch((error: unknown) => {
    if (!(error instanceof DirectoryUnavailable)) throw error;
  });
  await Promise.race([reached, attempt]);
  return { account, step, case: scene, before, letGo, attempt };
}

/** Tried until somebody can tell, as a workflow would. */
async function toTheEnd(writer: WriterActivities, { asked }: Case): Promise<string> {
  return patiently(async () => {
    // As old as a claim whose attempt is surely over: every attempt of it has ended.
    await bench.owner
      .$executeRaw`UPDATE write_claim SET claimed_at = claimed_at - interval '1 minute' WHERE reset_id = ${asked.reset}::uuid AND state = 'claimed'`;
    const { outcome } = await writer.writePassword(asked);
    if (outcome !== 'applied') return outcome;
    return (await writer.verifyPassword(asked)).verified ? 'done' : 'not confirmed';
  });
}

const PEOPLE = ['alice.moreau', 'bilal.osman', 'goran.petrovic', 'mateo.silva'] as const;

for (const [what, { begin, end }] of Object.entries(TROUBLES))
  test(`${what}, at each step of a reset: nothing is lost, nothing written twice, nothing told wrong`, async () => {
    for (let round = 0; round < amount(1, 17); round++) {
      const held = await Promise.all(PEOPLE.map((account, at) => holdAt(account, STEPS[at] ?? 'before the claim')));
      begin();
      for (const { letGo } of held) letGo();
      await Promise.all(held.map(({ attempt }) => attempt));
      await end();
      const writer = await writerOf();
      const told = await Promise.all(held.map((one) => toTheEnd(writer, one.case)));
      await patiently(two.replicate);
      for (const [at, { account, step, case: scene, before }] of held.entries()) {
        assert.equal(told[at], 'done', step);
        for (const controller of [first, second])
          assert.equal(await patiently(() => passwordVersion(controller, account)), before + 1, step);
        assert.equal(await two.only(two.first).says(account, scene.password), 'ok', step);
      }
    }
  });

test('its disk is full, at each step of a reset: what it refused was not written and is told so, what it took was written once', async (t) => {
  for (let round = 0; round < amount(1, 17); round++) {
    const held = await Promise.all(PEOPLE.map((account, at) => holdAt(account, STEPS[at] ?? 'before the claim')));
    two.first.fill(true);
    for (const { letGo } of held) letGo();
    await Promise.all(held.map(({ attempt }) => attempt));
    two.first.fill(false);
    const writer = await writerOf();
    const told = await Promise.all(held.map((one) => toTheEnd(writer, one.case)));
    for (const [at, { account, step, before }] of held.entries()) {
      const changes = (await passwordVersion(first, account)) - before;
      assert.ok(
        told[at] === 'done' ? changes === 1 : told[at] === 'refused' && changes === 0,
        `${step}: ${told[at]}, changed ${changes} times`,
      );
    }
    assert.equal(told[STEPS.indexOf('before the bind')], 'done');
    t.diagnostic(STEPS.map((step, at) => `${step}: ${told[at]}`).join(', '));
  }
});

/** A writer that has just started: it prefers the first controller, and settles a claim where it was made. */
async function writerOf(around = (directory: Directory): Directory => directory): Promise<WriterActivities> {
  const ones = [two.first, two.second].map((one) => [one.controller.url, around(two.only(one).as('writerStaff'))] as const);
  const alone = new Map(ones);
  return bench.writer('staff', { directory: around(two.both().as('writerStaff')), directoryOn: (url) => alone.get(url) });
}
