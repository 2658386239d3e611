import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import express from 'express';
import { rulesToShow } from '#api/password-check.ts';
import { loadAssets, sendAsset, type AssetName } from '#portal/assets.ts';
import { sendPage } from '#portal/headers.ts';
import { choosePasswordPage } from '#portal/pages/choose-password.ts';
import { inspect, openBrowser, visit } from './portal-visitor.ts';
import { keepPicture } from './keep-picture.ts';

/** The page alone, with its files and its content policy, as the portal sends them. */
const assets = loadAssets();
const url = (name: AssetName) => assets[name].url;
const rules = rulesToShow({
  policy: { source: 'domain', minLength: 12, complexity: true, historyLength: 24, countedBy: 'samba' },
  names: ['rita.chowdhury', 'রীতা চৌধুরী </script>'],
  own: ['104711'],
  minLength: 10,
});
const ticket = { action: '/sent', nonce: 'n', token: 't' };
const page = choosePasswordPage(
  {
    origin: 'https://reset.bank.test',
    helpDesk: 'the help desk',
    stylesheet: url('portal.css'),
    script: url('portal.js'),
    choosing: url('choosing.js'),
    icon: url('icon.svg'),
  },
  {
    reference: 'AAAA-BBBB-CCCC',
    next: { step: 'choose-password', message: 'Choose a new password.' },
    rules: rules.passwordRules,
    judged: rules.passwordJudged,
    signInLimits: [],
    submit: ticket,
    leave: ticket,
    cancel: ticket,
    problems: [],
    endsOld: false,
    shown: false,
  },
);
const asked: string[] = [];
const app = express();
app.use((req, _res, next) => {
  asked.push(`${req.method} ${req.path}`);
  next();
});
app.get('/', (_req, res) => sendPage(res, 200, page));
for (const name of Object.keys(assets) as AssetName[]) app.get(`/portal/${name}`, (req, res) => sendAsset(req, res, assets[name])); // the keys are exactly AssetName
const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const browser = await openBrowser();
after(async () => {
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
const { port } = server.address() as AddressInfo;

test('what the rules still find wrong is said while somebody types, by the page alone: nothing typed is sent', async () => {
  const who = await visit(browser, `http://127.0.0.1:${port}/`);
  const field = who.page.getByLabel('New password');
  const said = who.page.getByRole('status').filter({ hasText: /Not yet|Good so far/ });
  const scenes: [string, RegExp][] = [
    ['Kurz-7', /^Not yet: It is too short\.$/],
    ['kieselundzaununddach', /^Not yet: It needs three of these kinds/],
    ['Chowdhury-und-Zaun-7', /^Not yet: It contains your account name/],
    ['চৌধুরী-Zaun-4711', /^Not yet: It contains your account name/],
    ['Kiesel-4711-Zaun', /^Good so far\. Whether many people use it/],
  ];
  const before = asked.length;
  for (const [typed, words] of scenes) {
    await field.fill(typed);
    await said.filter({ hasText: words }).waitFor();
    if (typed === 'Chowdhury-und-Zaun-7') {
      await inspect(who.page);
      await keepPicture(who.page, 'choosing-as-typed');
    }
  }
  // Browsers fetch the icon when they please.
  const since = asked.slice(before).filter((one) => one !== 'GET /portal/icon.svg');
  assert.deepEqual(since, [], 'no request while somebody types');
  await field.fill('');
  await said.waitFor({ state: 'detached' });
  assert.deepEqual([who.foreign, who.complaints], [[], []]);
  assert.doesNotMatch(await who.page.content(), /104711/, 'what the page does not judge it does not hold');
  await who.close();
});

test('without JavaScript the rules stand above the field all the same', async () => {
  const who = await visit(browser, `http://127.0.0.1:${port}/`, { javaScriptEnabled: false });
  assert.match(
    await who.page.locator('#password-rules').innerText(),
    /At least 12 characters[^]*letters without capitals[^]*Not one of your last 24 passwords/,
  );
  await who.close();
});
