import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { runCommand } from '#ops/run-command.ts';
import { MODULE } from './card.ts';

/** A browser whose person has a smart card in the reader. */
export interface CardBrowser {
  context: BrowserContext;
  /** Waits until the browser asks for the PIN of the card, and types it as its person would. */
  typePin: (pin: string) => Promise<void>;
  close: () => Promise<void>;
}

/**
 * Chromium with a window, on a screen of its own, that finds smart cards through NSS and PKCS#11 as on a person's computer; the token is the SoftHSM
 * one of this folder (card.ts). A managed policy chooses the certificate at `origin`, as banks set it up. Needs root, to show this one browser the policy and no other.
 */
export async function cardBrowser(folder: string, origin: string): Promise<CardBrowser> {
  const home = join(folder, 'home');
  const [database, policies] = [join(home, '.pki/nssdb'), join(folder, 'chromium/policies/managed')];
  for (const one of [database, policies]) mkdirSync(one, { recursive: true });
  const env = { ...process.env, HOME: home, SOFTHSM2_CONF: join(folder, 'softhsm2.conf') };
  const run = async (command: string, ...args: string[]) => {
    const { code, stderr } = await runCommand(command, args, { env });
    assert.equal(code, 0, `${command}: ${stderr}`);
  };
  await run('certutil', '-d', `sql:${database}`, '-N', '--empty-password');
  await run('modutil', '-dbdir', `sql:${database}`, '-add', 'card', '-libfile', MODULE, '-force');
  const policy = { AutoSelectCertificateForUrls: [JSON.stringify({ pattern: origin, filter: {} })] };
  writeFileSync(join(policies, 'card.json'), JSON.stringify(policy));

  const screen = await aScreen();
  const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
  assert.ok(executable, 'Chromium is not installed: apt-get install chromium');
  const script = join(folder, 'chromium.sh');
  const mounted = `mount --bind ${join(folder, 'chromium')} /etc/chromium && exec ${executable} "$@"`;
  writeFileSync(script, `#!/bin/sh\nexec unshare -m sh -c '${mounted}' sh "$@"\n`, { mode: 0o755 });
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: script,
    headless: false,
    ignoreHTTPSErrors: true,
    viewport: { width: 1000, height: 900 },
    env: { ...env, DISPLAY: screen.display },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  context.setDefaultTimeout(30_000);
  const inWindows = (...args: string[]) => runCommand('xdotool', args, { env: { ...env, DISPLAY: screen.display } });
  return {
    context,
    async typePin(pin) {
      const { code, stdout } = await inWindows('search', '--sync', '--onlyvisible', '--name', 'Unlock Security Device');
      const [dialog = ''] = stdout.trim().split('\n');
      assert.equal(code, 0, 'the browser asks for the PIN');
      await inWindows('windowfocus', '--sync', dialog);
      await inWindows('type', '--delay', '40', pin);
      await inWindows('key', 'Return');
    },
    async close() {
      await context.close();
      await screen.close();
    },
  };
}

/** An X server that nobody looks at. */
async function aScreen(): Promise<{ display: string; close: () => Promise<void> }> {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const display = await new Promise<string>((resolve, reject) => {
    child.once('error', () => reject(new Error('Xvfb is not installed: apt-get install xvfb')));
    child.once('exit', () => reject(new Error('Xvfb did not start')));
    child.stdio[3]?.once('data', (part: Buffer) => resolve(`:${part.toString('utf8').trim()}`));
  });
  return {
    display,
    async close() {
      child.kill();
      await ended;
    },
  };
}
