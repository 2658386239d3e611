import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Keeps a picture for the README when COUNTERSIGN_PICTURES names a folder; otherwise does nothing. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['COUNTERSIGN_PICTURES'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
