import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** A page by keyboard alone, with the focus to be seen wherever it is looked for. */
export function keyboardOf(page: Page) {
  const { keyboard } = page;
  /** Goes on with Tab until the focus stands on what has this id or says this. */
  const tabTo = async (name: string | RegExp) => {
    for (let i = 0; i < 40; i += 1) {
      await keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const one = document.activeElement as HTMLInputElement | null;
        return { names: [one?.id ?? '', one?.textContent?.trim() ?? ''], outline: getComputedStyle(one ?? document.body).outlineStyle };
      });
      if (at.names.some((one) => (typeof name === 'string' ? one === name : name.test(one))))
        return assert.equal(at.outline, 'solid', `the focus on ${String(name)} can be seen`);
    }
    assert.fail(`${String(name)} cannot be reached with Tab`);
  };
  return {
    keyboard,
    tabTo,
    fill: async (field: string, text: string) => {
      await tabTo(field);
      await keyboard.press('ControlOrMeta+A');
      await keyboard.type(text);
    },
    enter: () => Promise.all([page.waitForEvent('load'), keyboard.press('Enter')]),
  };
}
