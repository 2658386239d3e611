import { appShows } from '#test/support/app-shows.ts';
import { hire } from '#test/support/hired.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
import { answerOfKey } from '#test/support/portal-keys.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';
import type { World } from '#test/support/world.ts';

/** Somebody hired for it goes through every form of My factors; `sees` asks for each and looks at the leaves that it left. */
export async function everyFormOfMyFactors(
  world: World,
  sees: (form: string, status: number, deed: () => Promise<{ status: number; text: string }>) => Promise<unknown>,
): Promise<void> {
  const { hired, dismiss } = await hire(world, 'Staff', 1);
  const [who] = hired;
  if (!who) throw new Error('nobody was hired');
  const visitor = formVisitor(world.stack.run);
  const send = (form: string, to: string, fields: Record<string, string> = {}) =>
    sees(form, 200, async () => {
      await visitor.send(to, fields);
      return { status: 200, text: visitor.page() };
    });
  /** As if half a minute had passed: codes that were used are taken again. */
  const later = async (): Promise<void> => {
    await world.people.sql('UPDATE totp SET last_step = NULL, drift = 0');
    await world.people.sql(`UPDATE burn SET consumed = NULL WHERE consumed LIKE 'totp:%'`);
  };
  const scanned = (): (() => string) => {
    const secret = (/<p class="key">([^<]+)<\/p>/.exec(visitor.page())?.[1] ?? '').replaceAll(' ', '');
    return () => appShows({ secret });
  };
  const firstOfList = async (): Promise<string> => {
    await visitor.open('/factors');
    return /href="\/factors\/([0-9a-f-]{36})"/.exec(visitor.page())?.[1] ?? 'none';
  };

  await visitor.open('/factors');
  await send('POST /factors/sign-in', '/factors/sign-in', { account: who.account, password: who.password });
  await visitor.open('/factors/first');
  await send('POST /factors/first', '/factors/first', { name: 'phone', newDigits: scanned()(), ticket: 'ABCD-EFGH-JKMN-PQRS' });
  await visitor.open('/factors/first/password');
  const alone = { name: 'phone', newDigits: scanned()(), password: who.password };
  await send('POST /factors/first/password', '/factors/first/password', alone);
  await visitor.open('/factors/confirm');
  await send('POST /factors/confirm', '/factors/confirm', { digits: who.code() });

  await later();
  await visitor.open('/factors/app');
  const app = scanned();
  await send('POST /factors/app', '/factors/app', { name: 'phone', newDigits: app(), digits: who.code() });
  await later();
  await visitor.open('/factors/codes');
  const sheet = [...visitor.page().matchAll(/<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)</g)].map(([, code]) => code);
  await send('POST /factors/codes', '/factors/codes', { digits: app() });
  await later();
  const key = new SoftPasskey();
  const answer = (): string => answerOfKey(key, visitor.page(), world.people.page);
  await visitor.open('/factors/key');
  await send('POST /factors/key', '/factors/key', { answer: answer(), name: 'blue key', digits: app(), recoveryCode: sheet[0] ?? '' });
  await visitor.open(`/factors/${/href="\/factors\/([0-9a-f-]{36})">\s*Rename, remove or freeze blue key/.exec(visitor.page())?.[1]}`);
  await send('POST /factors/:id/key', '/key', { answer: answer() });
  await later();
  const before = await firstOfList();
  await visitor.open(`/factors/${before}/freeze`);
  await send('POST /factors/:id/freeze', '/freeze', { digits: '000000' });
  await visitor.open(`/factors/${before}`);
  await send('POST /factors/:id/rename', '/rename', { name: 'old phone' });
  await visitor.open(`/factors/${before}/replace`);
  await send('POST /factors/:id/replace', '/replace', { name: 'new phone', newDigits: scanned()(), digits: app() });
  await later();
  await visitor.open(`/factors/${await firstOfList()}`);
  await send('POST /factors/:id/remove', '/remove', { digits: app() });
  await visitor.open('/factors/vouch');
  await send('POST /factors/vouch', '/factors/vouch', { whom: 'alice.moreau', requestCode: 'K7Q-2XD', digits: app() });
  const added = await firstOfList();
  await visitor.open(`/factors/${added}/freeze`);
  await send('POST /factors/:id/object', '/object');
  await visitor.open(`/factors/${added}/freeze`);
  await send('POST /factors/:id/settle', '/settle', { ticket: 'ABCD-EFGH-JKMN-PQRS', verdict: 'mine' });
  await visitor.open('/factors');
  await send('POST /factors/leave', '/factors/leave');
  // A key that was removed is asked for all the same, and is no factor.
  await visitor.open('/');
  await visitor.send('/reset', { account: who.account });
  await visitor.send('/proof', { proof: 'recovery-code', code: sheet[1] ?? '' });
  await send('POST /reset/:reference/key', '/key', { answer: answer() });
  await visitor.send('/cancel');
  // Nor does it bring anybody back, to whatever reset.
  await visitor.open('/reset/0000-0000-0000/return');
  await send('POST /reset/:reference/return', '/return', { answer: answer() });
  visitor.http.close();
  await dismiss();
}
