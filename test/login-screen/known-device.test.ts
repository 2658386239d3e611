import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEVICE_SOCKET } from '#device-agent/terminal/this-device.ts';
import { trustPolicyFile } from '#ops/setup/log-keys.ts';
import { countersign } from '#test/support/countersign.ts';
import { deviceTicket } from '#test/support/device-tickets.ts';
import { newDevice } from '#test/support/device.ts';
import { patiently } from '#test/support/patiently.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { freshPassword, signedIn } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { FIRST, HOW, PROOF, spelledAfter, useLoginScreen } from './a-login.ts';

/** The login screen of an enrolled device, whose agent is here as far as its screen sees it; the real one is in test/devices. */
const screen = useLoginScreen();
const FIVE = PROOF.replace('4', '5');
const rules = `rules:${privilegedRule}
  - id: known
    when: { protected: false }
    accept: [{ name: this computer and the authenticator, proofs: [known-device], factors: [totp] }]
    approvals: []`;

test('at the login screen of a device that knows them, people show that and their digits, and nobody learns there who is known', async (t) => {
  const { people, stack, machine } = screen;
  const helpDesk = { account: 'jonas.berg', http: await signedIn(stack.run, people, 'jonas.berg') };
  const device = await newDevice(stack.run, 'teller-7.bank.test');
  assert.equal((await device.enrol(await deviceTicket(people, helpDesk, device.name))).status, 201);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-known-'));
  const answerTo = async (line: string): Promise<string> => {
    const { challenge, account } = JSON.parse(line) as { challenge: string; account: string | null };
    const [row] = await people.sql<{ sid: string }>(
      'SELECT account_sid AS sid FROM reset WHERE account_name = $1 AND account_sid IS NOT NULL ORDER BY started_at DESC LIMIT 1',
      [account === 'alice.moreau' ? account : ''],
    );
    const at = new Date().toISOString();
    const held = row ? { sid: row.sid, lastOnlineAuth: at } : null;
    return `${JSON.stringify(device.sign('countersign/device-attest/v1', { device: device.id, challenge, at, account: held }))}\n`;
  };
  const server = createServer(
    (socket) => void socket.once('data', (line) => void answerTo(line.toString()).then((said) => socket.end(said))),
  );
  const socket = machine.path(DEVICE_SOCKET);
  mkdirSync(socket.slice(0, socket.lastIndexOf('/')), { recursive: true });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  chmodSync(socket, 0o666);
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
    device.close();
    helpDesk.http.close();
  });
  await underPolicy(stack, rules, async () => {
    const seen: string[] = [];
    for (const account of ['nobody.anywhere', 'fatima.noor']) {
      const at = await screen.sitDown();
      await at.answer(FIRST, '1');
      await at.answer('Your account name', account);
      await at.answer(FIVE, '5');
      const shown = await at.until((text) => text.split(`${FIVE}:`).length > 2);
      seen.push(shown.replaceAll(account, 'ACCOUNT').replaceAll(/(?:[0-9A-Z-] ){13}[0-9A-Z]/g, 'REFERENCE'));
    }
    assert.match(seen[0] ?? '', /This computer knows me/);
    assert.match(seen[0] ?? '', /That was not accepted/);
    assert.equal(seen[0], seen[1], 'somebody whom it does not know looks like nobody');

    const at = await screen.sitDown();
    await at.answer(FIRST, '1');
    await at.answer('Your account name', 'alice.moreau');
    await at.answer(FIVE, '5');
    await at.answer('Digits from your app or token', await people.code('alice.moreau'));
    const reference = spelledAfter(await at.until(/New password:/), 'Your reference');
    const password = freshPassword();
    await at.answer('New password', password);
    await at.answer('The same password once more', password);
    await at.answer(HOW, '1');
    await at.answer('Log in now with your new password: press Enter', '');
    assert.equal((await people.bind('alice.moreau', password)).answer, 'ok');
    const [row] = await people.sql<{ id: string; name: string }>(
      'SELECT reset.id, name FROM device JOIN reset ON reset.source_device = device.id WHERE reset.reference = $1',
      [reference],
    );
    assert.equal(row?.name, device.name);
    const bundle = join(folder, 'reset.zip');
    // Its history is sealed soon after the end.
    await patiently(async () => {
      assert.equal((await countersign(stack.state, 'bundle', row.id, '--out', bundle)).code, 0);
      const verified = await countersign(stack.state, 'verify', bundle, '--policy', trustPolicyFile(stack.state));
      rmSync(bundle);
      assert.equal(verified.code, 0, verified.stdout);
    });
  });
});
