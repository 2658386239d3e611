import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Cast } from '#test/support/people.ts';
import type { TestStack } from '#test/support/stack.ts';
import { axeFinds } from './axe.ts';
import { keepPicture } from './keep-picture.ts';

/** A page of the console whose every request and every broken policy is written down. */
export interface WatchedPage {
  page: Page;
  /** Addresses of other origins that the page asked for, and what its content policy stopped. Empty is right. */
  strays: string[];
  /** Fails with what axe finds on the page as it stands, once it has its heading (axe.ts). */
  axe: (where: string) => Promise<void>;
  /** See keep-picture.ts. */
  picture: (name: string) => Promise<void>;
  close: () => Promise<void>;
}

let shared: Promise<Browser> | undefined;

export function browser(): Promise<Browser> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
  assert.ok(executablePath, 'Chromium is not installed: apt-get install chromium');
  shared ??= chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // What Debian's Chromium still asks for by itself; any other name is looked up, and counted by test/attacks/air-gap.test.ts.
      '--host-resolver-rules=MAP accounts.google.com ~NOTFOUND, MAP update.googleapis.com ~NOTFOUND, MAP content-autofill.googleapis.com ~NOTFOUND',
    ],
  });
  return shared;
}

export async function closeBrowser(): Promise<void> {
  await (await shared)?.close();
}

/** A fresh browser profile. The demo's certificate authority is not in the system's store, so certificate errors are not looked at here. */
export async function watchedPage(run: TestStack['run'], viewport = { width: 1280, height: 900 }): Promise<WatchedPage> {
  const context = await (
    await browser()
  ).newContext({ baseURL: run.portal, ignoreHTTPSErrors: true, viewport, acceptDownloads: true, reducedMotion: 'reduce' });
  context.setDefaultTimeout(20_000);
  const strays: string[] = [];
  await context.exposeFunction('policyBroken', (what: string) => strays.push(`policy: ${what}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { policyBroken } = window as unknown as { policyBroken: (what: string) => void }; // put there by exposeFunction
      policyBroken(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const { origin } = new URL(run.portal);
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:' && url.protocol !== 'blob:') strays.push(`request: ${request.url()}`);
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => strays.push(`error: ${error.message}`));
  return {
    page,
    strays,
    async axe(where) {
      // An address is open before its page is drawn. Attached, since an open menu hides what is behind it.
      await page.locator('h1').first().waitFor({ state: 'attached' });
      assert.deepEqual(await axeFinds(page), [], `axe on ${where}`);
    },
    picture: (name) => keepPicture(page, name),
    close: () => context.close(),
  };
}

/** Plays a scene in a browser profile of its own, and ends it with what must hold on every page: nothing strayed. */
export async function sceneAt(
  run: TestStack['run'],
  scene: (watched: WatchedPage) => Promise<void>,
  viewport?: { width: number; height: number },
): Promise<void> {
  const watched = await watchedPage(run, viewport);
  try {
    await scene(watched);
    assert.deepEqual(watched.strays, []);
  } finally {
    await watched.close();
  }
}

/** Signs in as a person would: address, name and password, then the code. */
export async function signInAt({ page }: WatchedPage, people: Cast, account: string, at = '/console/'): Promise<void> {
  await page.goto(at);
  await page.getByLabel('Account name').fill(account);
  await page.getByLabel('Directory password').fill(people.password(account));
  await page.getByRole('button', { name: 'Continue' }).click();
  const code = page.getByLabel('Code from your authenticator');
  await code.waitFor();
  await code.fill(await people.code(account));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('banner').waitFor();
}
