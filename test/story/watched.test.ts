import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tryPassword } from '#activities/directory/verify-bind.ts';
import { directorySettings } from '#test/support/directory.ts';
import { until } from '#test/support/holds.ts';
import { hire } from '#test/support/hired.ts';
import { claimant, freshPassword, signedIn, type Claimant } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

interface Afterwards {
  found: string | null;
  over: boolean;
  tries: number;
  controllers: { controller: string; tries: number }[];
  whence: { kind: string; name: string }[];
}
interface Watch {
  tries: number;
  triedAt: string | null;
  lockedAt: string | null;
  endedAt: string | null;
}

async function afterwards(who: Claimant): Promise<Afterwards> {
  const { body } = await who.http.get<{ afterwards: Afterwards | null }>(`/api/v1/portal/resets/${who.reference}`);
  return body.afterwards ?? assert.fail('nothing is watched');
}

/** Something that still has an old password tries it. */
const tries = (account: string) => async (): Promise<string> => {
  const settings = directorySettings(world.stack.state);
  return (await tryPassword(settings, `${account}@${settings.upnSuffix}`, 'An-Old-Password-1999')).answer;
};

test('what still sends an old password after a reset is told to its person, the help desk and the officers, for an hour and not longer', async (t) => {
  // Of the demo's people a controller may still count what other files have tried.
  const { hired, dismiss } = await hire(world, 'Staff', 1);
  t.after(dismiss);
  const [person] = hired;
  assert.ok(person);
  const wrong = tries(person.account);
  const who = claimant(world.stack.run);
  assert.equal((await who.name(person.account)).status, 201);
  assert.equal((await who.prove(person.recoveryCode())).status, 200);
  assert.equal((await who.factor(person.code())).status, 200);
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  const reset = await world.resetId(who.reference);
  const looks = async () =>
    (await world.people.sql<{ at: Date }>('SELECT looked_at AS at FROM account_watch WHERE reset_id = $1', [reset]))[0]?.at;
  await until('it is looked for the first time', async () => Boolean(await looks()));
  assert.deepEqual(await afterwards(who), { found: null, over: false, tries: 0, controllers: [], since: null, whence: [] });

  const watching = world.temporal.client.workflow.getHandle(`watch/${reset}`);
  /** To the next look. A pause that began after the skipping would be waited for. */
  const skipAPause = async () => {
    await until('it pauses', async () => Boolean((await watching.fetchHistory()).events?.at(-1)?.timerStartedEventAttributes));
    await world.temporal.skip(`watch/${reset}`, 40);
  };
  for (let tried = 0; tried < 3; tried++) assert.equal(await wrong(), 'wrong');
  await skipAPause();
  await until('the tries are seen', async () => (await afterwards(who)).found === 'still-tried');
  const told = await afterwards(who);
  assert.equal(told.tries, 3);
  assert.deepEqual(
    told.controllers.map(({ tries }) => tries),
    [3],
  );
  assert.ok(
    told.whence.some(({ kind }) => kind === 'device'),
    'the devices that are known for the account are named',
  );
  const page = await who.http.get(`/reset/${who.reference}`);
  assert.match(page.text, /Something still sends an old password of yours/);
  assert.match(page.text, /At least 3 wrong passwords arrived for your account/);

  while ((await wrong()) !== 'locked');
  await skipAPause();
  await until('the lockout is seen', async () => (await afterwards(who)).found === 'locked-again');
  const officer = await signedIn(world.stack.run, world.people, 'quentin.roux');
  const { body: alarms } = await officer.get<{ items: { kind: string; reset: string | null }[] }>('/api/v1/alarms');
  assert.equal(alarms.items.filter((one) => one.kind === 'locked-again' && one.reset === reset).length, 1);
  await until('the holder is told of both', async () => {
    const rows = await world.people.sql<{ outcome: string }>(
      `SELECT outcome FROM message WHERE reset_id = $1 AND moment IN ('still-tried', 'locked-again') ORDER BY at`,
      [reset],
    );
    return rows.map(({ outcome }) => outcome).join(' ') === 'still-tried locked-again';
  });

  const desk = await signedIn(world.stack.run, world.people, 'jonas.berg');
  const shown = async () =>
    (await desk.get<{ watch: Watch; timeline: { type: string; title: string }[]; state: string }>(`/api/v1/resets/${reset}`)).body;
  assert.equal((await shown()).watch.tries, 5);
  await world.temporal.skip(`watch/${reset}`, 3700);
  await until('the watch has ended', async () => (await shown()).watch.endedAt !== null);
  const { watch, timeline, state } = await shown();
  assert.equal(state, 'done', 'nothing of it changes what was done');
  assert.ok(watch.triedAt !== null && watch.lockedAt !== null);
  assert.deepEqual(
    timeline
      .filter(({ type }) => type.startsWith('account.still') || type.startsWith('account.locked') || type.startsWith('account.relock'))
      .map(({ title }) => title),
    ['Wrong passwords arrive for the account since', 'The account was locked again', 'The watch for wrong passwords has ended'],
  );
});
