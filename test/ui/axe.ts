import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/**
 * What axe finds on the page as it stands (WCAG 2.2 A and AA, and axe's best practices), a line for each rule; nothing is
 * right. For the sake of frames axe would join its results in a page of its own, which takes longer to open than the
 * whole look: our pages have no frames, and one that had is an error here.
 */
export async function axeFinds(page: Page): Promise<string[]> {
  assert.equal(page.frames().length, 1, 'a frame would not be looked at');
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, html }) => `${target.join(' ')} (${html})`).join(', ')}`);
}
