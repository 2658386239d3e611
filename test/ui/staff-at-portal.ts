import assert from 'node:assert/strict';
import { after } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { hire, type Hired } from '#test/support/hired.ts';
import { useWorld, type World } from '#test/support/world.ts';
import { openBrowser, visit, type Visitor } from './portal-visitor.ts';

export interface StaffAtPortal {
  world: World;
  someone: (n: number) => Hired;
  origin: () => string;
  /** A browser window of somebody's own, on the portal's first page. */
  newVisitor: () => Promise<Visitor>;
  heading: (page: Page, name: string | RegExp) => Promise<void>;
  /** Into My factors, with password and the digits of their app. */
  signInToFactors: (visitor: Visitor, who: Hired) => Promise<void>;
  /** As if half a minute had passed: codes that were used are taken again. */
  later: () => Promise<void>;
}

interface Open {
  browser: Browser;
  staff: Awaited<ReturnType<typeof hire>>;
}

/** By the world's own hook, since two hooks of one file run side by side. */
async function prepare(open: Open, world: World, count: number): Promise<void> {
  open.browser = await openBrowser();
  open.staff = await hire(world, 'Staff', count);
}

/** So many people in the unit Staff who work there for one test file, and a browser for them. Call it at the top of the file. */
export function useStaffAtPortal(count: number): StaffAtPortal {
  const open = {} as Open; // filled before any test runs
  const world = useWorld((there) => prepare(open, there, count));
  after(async () => {
    await open.browser?.close();
    await open.staff?.dismiss();
  });
  const origin = () => new URL(world.stack.run.portal).origin;
  const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
  return {
    world,
    someone: (n) => open.staff.hired[n] ?? assert.fail('nobody was hired'),
    origin,
    newVisitor: () => visit(open.browser, origin()),
    heading,
    async signInToFactors({ page, press }, who) {
      await page.goto(`${origin()}/factors`);
      await page.getByLabel('Your account name').fill(who.account);
      await page.getByLabel('Your password').fill(who.password);
      await press('Continue');
      await page.getByLabel('Digits from your app or token').fill(who.code());
      await press('Continue');
      await heading(page, 'My factors');
    },
    async later() {
      await world.people.sql('UPDATE totp SET last_step = NULL, drift = 0');
      await world.people.sql(`UPDATE burn SET consumed = NULL WHERE consumed LIKE 'totp:%'`);
    },
  };
}
