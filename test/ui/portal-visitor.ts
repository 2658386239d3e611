import assert from 'node:assert/strict';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { axeFinds } from './axe.ts';

/** Debian's Chromium, told not to call home by itself. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** One person at one browser, who writes down what goes over the wire. */
export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** Requests that left for another origin. */
  foreign: string[];
  /** What the console complained about, refused content included. */
  complaints: string[];
  /** Bytes of bodies as they came over the wire. */
  bytes: () => number;
  press: (button: string) => Promise<void>;
  title: () => Promise<string>;
  close: () => Promise<void>;
}

export async function visit(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  const foreign: string[] = [];
  const complaints: string[] = [];
  let bytes = 0;
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(origin).origin) foreign.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  // A page that answers 404 or 422 on purpose is a complaint of the console, too; only what the content policy refused matters here.
  page.on('console', (message) => /Content Security Policy|Refused to/.test(message.text()) && complaints.push(message.text()));
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto(origin);
  return {
    page,
    context,
    foreign,
    complaints,
    bytes: () => bytes,
    press: async (button) => {
      await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: button }).click()]);
    },
    title: () => page.title(),
    close: () => context.close(),
  };
}

/** Nothing that axe finds, nothing wider than 320 CSS pixels (a 1280 pixel screen at 400 %, WCAG 2.2 SC 1.4.10), one heading that is the title. */
export async function inspect(page: Page): Promise<void> {
  const title = await page.title();
  assert.deepEqual(await axeFinds(page), [], `axe on "${title}"`);
  assert.deepEqual(await page.locator('h1').allTextContents(), [title.replace(/^Error: /, '').replace(/ – Password reset$/, '')]);
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 256 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), `"${title}" scrolls sideways at 400 %`);
  if (before) await page.setViewportSize(before);
}
