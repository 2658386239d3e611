import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { useLoginScreen } from './a-login.ts';
import { XScreen } from './x-screen.ts';

const screen = useLoginScreen();
let display: XScreen | undefined;
after(() => display?.close());

const programs = async () =>
  (await screen.machine.exec('sh', '-c', 'ps -o comm= -u reset || true')).trim().split('\n').filter(Boolean).toSorted();

test('the graphical login shows the same client and nothing else, and no mouse or key opens anything else', async () => {
  const { machine } = screen;
  await machine.exec(
    'sh',
    '-c',
    'cp /usr/lib/countersign/CountersignLogin /etc/X11/app-defaults/ && cp -p /usr/lib/countersign/countersign-login-graphical /usr/bin/',
  );
  display = new XScreen(machine);
  await display.start();
  const empty = await display.settled();
  display.session();
  // Until the first question stands there it may have come to rest between two lines.
  let shown = await display.settled(empty);
  while (display.shares(shown).paper < 0.2) shown = await display.settled(shown);
  assert.ok(display.shares(shown).other < 0.05, 'paper and ink, no colour');
  display.keep('login-screen');

  for (const key of [
    'ctrl+c',
    'ctrl+z',
    'ctrl+backslash',
    'ctrl+d',
    'shift+Insert',
    'shift+Prior',
    'alt+Return',
    'alt+F4',
    'ctrl+alt+Delete',
    'F1',
    'F11',
    'Menu',
    'Print',
    'ctrl+shift+t',
    'ctrl+shift+n',
  ])
    await display.xdotool('key', key);
  await display.xdotool('mousemove', '300', '300');
  for (const button of ['1', '2', '3'])
    for (const held of ['ctrl', 'shift', 'alt']) await display.xdotool('keydown', held, 'click', button, 'keyup', held);
  await display.xdotool('click', '2');
  assert.equal((await display.xdotool('search', '--onlyvisible', '--class', '.')).trim().split('\n').length, 1, 'one window');
  const [client, terminal, ...others] = await programs();
  assert.deepEqual([terminal, others], ['xterm', []], 'the terminal and the client, and nothing else');
  assert.ok(client);

  const before = await display.settled();
  await display.xdotool('type', '1');
  await display.xdotool('key', 'Return');
  await display.settled(before);
  await display.xdotool('type', 'fatima.noor');
  await display.xdotool('key', 'Return');
  const begun = () => screen.people.sql('SELECT state FROM reset WHERE source = $1', [screen.source]);
  // What is typed there is asked of the portal, which begins a reset.
  for (const deadline = Date.now() + 30_000; (await begun()).length === 0;) {
    assert.ok(Date.now() < deadline, 'the portal was asked nothing');
    await setTimeout(100);
  }
  await display.settled();
  display.keep('login-screen-proof');
});
