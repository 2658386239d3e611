import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { cardServer } from '#api/card-server.ts';
import { newHandle } from '#evidence/card-ticket.ts';
import { rootAuthority, type Issued } from '#test/support/card-authority.ts';
import { anAuthority } from '#test/support/certificates.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect, openBrowser, visit } from './portal-visitor.ts';

const folder = mkdtempSync(join(tmpdir(), 'card-pages-'));
const { cert, key } = await (await anAuthority(folder, 'servers')).issue('localhost');
const bank = await rootAuthority('Card Root');
const issuing = await bank.authority('Card Issuing');
const trustFile = join(folder, 'trust.json');
const trusts = () => writeFileSync(trustFile, JSON.stringify({ roots: bank.pem, between: '', issuers: issuing.pem, purposes: [] }));
const portal = 'https://localhost:9';
const server = cardServer({
  tls: { certFile: cert, keyFile: key },
  readKey: readFileSync,
  trustFile,
  portal,
  signing: generateKeyPairSync('ed25519').privateKey,
  log: { info: () => {}, warn: () => {}, error: () => {} },
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
const browser = await openBrowser();
after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const address = () => `${origin}/AB12-CD34-EF56/${newHandle(randomUUID(), 'opening')}`;

/** As a browser in which this card is chosen. */
const holding = ({ pem, key: own }: Issued): BrowserContextOptions => ({
  clientCertificates: [{ origin, cert: Buffer.from(pem), key: Buffer.from(own?.export({ type: 'pkcs8', format: 'pem' }) ?? '') }],
});

/** Everything that can be used, in the order in which the tabulator key comes to it. */
async function byKeyboard(page: Page): Promise<string[]> {
  const found: string[] = [];
  const usable = await page.locator('main a, main button').count();
  for (let n = 0; n < usable; n++) {
    await page.keyboard.press('Tab');
    found.push(await page.evaluate(() => document.activeElement?.textContent.trim() ?? ''));
  }
  return found;
}

test('every page of the card listener fits at 400 %, is clean, and is used by keyboard alone', async () => {
  trusts();
  const without = await visit(browser, address());
  await without.page.getByRole('heading', { name: 'No smart card was shown' }).waitFor();
  await inspect(without.page);
  assert.deepEqual(await byKeyboard(without.page), ['Try again', 'Go back and confirm in another way']);
  await keepPicture(without.page, 'card-listener-none');
  await without.page.goto(`${origin}/`);
  await without.page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await inspect(without.page);
  assert.deepEqual(await byKeyboard(without.page), ['Go to the first page']);
  rmSync(trustFile);
  await without.page.goto(address());
  await without.page.getByRole('heading', { name: 'Smart cards are not taken just now' }).waitFor();
  await inspect(without.page);
  assert.deepEqual(await byKeyboard(without.page), ['Go back and confirm in another way']);
  trusts();

  // A name without a space, as directories write them, is the hardest to fit.
  const card = await issuing.issue({ subject: `CN=${'Wolfeschlegelsteinhausenbergerdorff'.repeat(2).slice(0, 60)}` });
  const shown = await visit(browser, address(), holding(card));
  await shown.page.getByRole('heading', { name: 'Your smart card was read' }).waitFor();
  await inspect(shown.page);
  assert.deepEqual(await byKeyboard(shown.page), ['Continue', 'Go back without it']);
  await keepPicture(shown.page, 'card-listener-long-name');
  for (const one of [without, shown]) {
    assert.deepEqual([one.foreign, one.complaints], [[], []]);
    await one.close();
  }
});

test('a certificate that is too large is refused on a page that fits as well', async () => {
  trusts();
  const card = await issuing.issue({ subject: Array.from({ length: 300 }, (_, n) => `OU=${'x'.repeat(60)}${n}`).join(',') });
  const one = await visit(browser, address(), holding(card));
  await one.page.getByRole('heading', { name: 'This certificate cannot be read' }).waitFor();
  await inspect(one.page);
  assert.deepEqual(await byKeyboard(one.page), ['Go back and confirm in another way']);
  await one.close();
});
