import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { useWorld } from '#test/support/world.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

/** The page of the domain controllers: what the stack's own processes note, and one of two that falls silent. */
const world = useWorld();
after(closeBrowser);

const inBrowser = (scene: (watched: WatchedPage) => Promise<void>, viewport?: { width: number; height: number }) =>
  sceneAt(world.stack.run, scene, viewport);
const rows = ({ page }: WatchedPage, process: string) =>
  page.getByRole('table', { name: `Domain controllers as seen by ${process}` }).locator('tbody > tr');

test('an administrator sees what verifier and writers know of the controllers, live; one of two that dies is said to be silent, and why', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    const { people } = world;
    // A branch with two controllers of its own, whose writer notes what it knows.
    const noted = `INSERT INTO controller_view (process, url, name, named_by, site, is_pdc, read_only, health, milliseconds, turn) VALUES
      ('writer-branch', 'ldaps://dc7.example.bank:636', 'dc7.example.bank', 'site', 'Branch', true, false, 'good', 3.4, 1),
      ('writer-branch', 'ldaps://dc8.example.bank:636', 'dc8.example.bank', 'domain', 'Branch', false, true, 'good', 12, 2)`;
    await people.sql(noted, []);
    try {
      await signInAt(watched, people, 'lena.fischer');
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Domain controllers' }).click();
      await page.getByRole('heading', { level: 1, name: 'Domain controllers' }).waitFor();
      for (const process of ['verifier', 'writer-staff', 'writer-privileged'])
        await rows(watched, process).first().getByText('dc1.bank.test').waitFor();
      assert.match(
        (await rows(watched, 'writer-branch').nth(0).textContent()) ?? '',
        /^1dc7\.example\.bank.*PDC emulatorBranchanswers.*3 ms$/,
      );
      assert.match((await rows(watched, 'writer-branch').nth(1).textContent()) ?? '', /read-only, never written/);
      await watched.axe('the page of the controllers');
      await watched.picture('console-controllers');

      await people.sql(
        `UPDATE controller_view SET health = 'silent', why = 'connect ECONNREFUSED 192.0.2.7:636', turn = 3 - turn, since = now(), at = now()
         WHERE process = 'writer-branch' AND name = 'dc7.example.bank'`,
        [],
      );
      await people.sql("UPDATE controller_view SET turn = 1, at = now() WHERE process = 'writer-branch' AND name = 'dc8.example.bank'", []);
      await rows(watched, 'writer-branch').nth(1).getByText('does not answer').waitFor();
      assert.match(
        (await rows(watched, 'writer-branch').nth(1).textContent()) ?? '',
        /^2dc7.*It refuses connections at port 636: see whether it runs\./,
      );
      await watched.axe('a controller that is silent');

      await people.sql("UPDATE controller_view SET at = now() - interval '61 seconds' WHERE process = 'writer-branch'", []);
      await rows(watched, 'writer-branch').first().getByText('the process tells nothing any more').waitFor();
    } finally {
      await people.sql("DELETE FROM controller_view WHERE process = 'writer-branch'", []);
    }
  }));

test('the page fits a narrow screen, and is for other roles than the help desk’s', () =>
  inBrowser(
    async (watched) => {
      const { page } = watched;
      await signInAt(watched, world.people, 'lena.fischer', '/console/controllers');
      await rows(watched, 'verifier').first().waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      assert.equal(wide, false);
      await watched.axe('the controllers on a narrow screen');
      await page.context().clearCookies();
      await signInAt(watched, world.people, 'jonas.berg', '/console/controllers');
      await page.getByRole('heading', { level: 1, name: 'This page is not for your role' }).waitFor();
    },
    { width: 360, height: 740 },
  ));
