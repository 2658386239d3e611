import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Papa from 'papaparse';
import { FRAMEWORKS } from '#audit/control-map.ts';
import { useWorld } from '#test/support/world.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

const world = useWorld();
after(closeBrowser);

const days = (() => {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  return { from: day(20), to: day(-1) };
})();
const address = (framework: string) => `/console/reports?framework=${framework}&from=${days.from}&to=${days.to}`;
const rows = ({ page }: WatchedPage) => page.getByRole('table', { name: 'Rows of the report' }).locator('tbody > tr');

const inBrowser = (scene: (watched: WatchedPage) => Promise<void>, viewport?: { width: number; height: number }) =>
  sceneAt(world.stack.run, scene, viewport);

test('an auditor chooses a framework and a time, and reads what the witnessed log holds of each clause', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    await signInAt(watched, world.people, 'mateo.silva');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Reports' }).click();
    await page.getByRole('heading', { level: 1, name: 'Reports' }).waitFor();
    await page.getByText('Choose a framework and a time of 400 days at most.').waitFor();
    await watched.axe('the choice of a report');
    await page.getByLabel('Framework').click();
    await page.getByRole('option', { name: /^PCI DSS/ }).click();
    await page.getByLabel('First day (UTC)').fill(days.from);
    await page.getByLabel('Last day (UTC)').fill(days.to);
    await page.getByRole('button', { name: 'Make the report' }).click();
    await page.waitForURL(new RegExp(`framework=pci-dss&from=${days.from}&to=${days.to}`));
    await page.getByRole('heading', { level: 1, name: 'PCI DSS' }).waitFor();
    await watched.axe('a report');
    await watched.picture('console-report');

    const pci = FRAMEWORKS.find(({ id }) => id === 'pci-dss');
    assert.equal(await rows(watched).count(), pci?.controls.length);
    const about = page.getByRole('region', { name: 'About this report' });
    const said = (await about.textContent()) ?? '';
    const [, count, first, last] = /(\d+), with index (\d+) to (\d+)/.exec(said) ?? [];
    const counted = await world.people.sql<{ type: string; count: string; first: string; last: string }>(
      `SELECT l.type, count(*) AS count, min(e.index) AS first, max(e.index) AS last FROM log_entry e JOIN leaf l ON l.id = e.leaf_id
       WHERE e.index BETWEEN $1 AND $2 GROUP BY l.type`,
      [first, last],
    );
    assert.equal(
      counted.reduce((sum, one) => sum + Number(one.count), 0),
      Number(count),
    );
    const inWords = (type: string): string => {
      const one = counted.find((other) => other.type === type);
      if (!one) return `${type}: nothing of this kind happened in this time`;
      return one.count === '1' ? `${type}: one, index ${one.first}` : `${type}: ${one.count}, index ${one.first} to ${one.last}`;
    };
    const shown = await rows(watched).allTextContents();
    for (const [index, { clause, leaves }] of (pci?.controls ?? []).entries()) {
      assert.ok(shown[index]?.startsWith(clause));
      for (const type of leaves) assert.ok(shown[index]?.includes(inWords(type)), `${inWords(type)} is not in: ${shown[index]}`);
    }
    assert.ok(counted.some(({ type }) => type === 'sign-in.password'));
    for (const words of [/Cosigned by/, /\d witnesses: /, /2 of 3 are asked for/, /Read by.*mateo\.silva.* UTC/, /log\.countersign/])
      assert.match(said, words);
    await page.getByText(/countersign verify evidence\.zip --policy policy\.tlog/).waitFor();

    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as CSV' }).click();
    const file = await download;
    assert.equal(file.suggestedFilename(), 'countersign-pci-dss.csv');
    assert.equal(await file.failure(), null);
    const { data } = Papa.parse<Record<string, string>>(readFileSync(await file.path(), 'utf8'), { header: true });
    assert.equal(new Set(data.map(({ clause }) => clause)).size, pci?.controls.length);

    // A number leads to its leaves.
    await page.getByRole('link', { name: 'Show these leaves: sign-in.password' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
    await page.getByRole('table').getByText('sign-in.password').first().waitFor();
    assert.deepEqual(await page.getByLabel('From (day in UTC)').inputValue(), days.from);
  }));

test('on paper it is black on white without the frame, with its headings on each page, also from the dark theme', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    await signInAt(watched, world.people, 'mateo.silva', address('rbi'));
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    await rows(watched).first().waitFor();
    await watched.axe('a report in the dark theme');
    await watched.picture('console-report-dark');
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.getByRole('banner').isVisible(), false);
    assert.equal(await page.getByRole('navigation', { name: 'Pages' }).isVisible(), false);
    assert.equal(await page.getByRole('button').count(), 0, 'nothing that could be pressed is on paper');
    const looks = await page.evaluate(() => {
      const style = (selector: string) => getComputedStyle(document.querySelector(selector) ?? document.body);
      const colours = [...document.querySelectorAll('main *')].map((element) => getComputedStyle(element).color);
      return {
        body: style('body').backgroundColor,
        scheme: getComputedStyle(document.documentElement).colorScheme,
        colours: [...new Set(colours)],
        heading: style('thead').display,
        row: style('tbody tr').breakInside,
        wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
      };
    });
    assert.deepEqual(looks, {
      body: 'rgb(255, 255, 255)',
      scheme: 'light',
      colours: ['rgb(0, 0, 0)'],
      heading: 'table-header-group',
      row: 'avoid',
      wide: false,
    });
    for (const path of ['/log/checkpoint', '/log/policy'])
      await page.getByText(new URL(path, world.stack.run.portal).href, { exact: true }).waitFor();
    for (const { id, controls } of FRAMEWORKS) {
      await page.goto(address(id));
      await rows(watched).first().waitFor();
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
      const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
      assert.ok(pages >= 3 && pages <= Math.ceil(controls.length / 2), `${id} takes ${pages} pages`);
      assert.match(pdf.toString('latin1'), /\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/, 'A4');
      const keep = process.env['COUNTERSIGN_PICTURES'];
      if (keep) writeFileSync(join(keep, `report-${id}.pdf`), pdf);
    }
  }));

test('a time that is too long or none is said in words, and another one can be chosen at once', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    await signInAt(watched, world.people, 'mateo.silva', '/console/reports?framework=nist-63b&from=2024-01-01&to=2026-01-01');
    await page
      .getByRole('alert')
      .getByText(/a report is of 400 days at most/)
      .waitFor();
    await watched.axe('a report that is refused');
    await page.getByLabel('First day (UTC)').fill('2025-12-31');
    await page.getByRole('button', { name: 'Make the report' }).click();
    await page.getByRole('heading', { level: 1, name: /^NIST SP 800-63B-4/ }).waitFor();
    await page.getByText('none that a cosigned checkpoint covers').waitFor();
    await page.getByText('nothing of this kind happened in this time').first().waitFor();
  }));

test('at 400 % zoom a report fits', () =>
  inBrowser(
    async (watched) => {
      const { page } = watched;
      await signInAt(watched, world.people, 'mateo.silva', address('nist-63b'));
      await rows(watched).first().waitFor();
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, 'the report scrolls sideways');
      await watched.axe('a report on a narrow screen');
      await watched.picture('narrow-report');
    },
    { width: 320, height: 256 },
  ));

test('whoever may not read the audit is not offered the page and does not get it', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    await signInAt(watched, world.people, 'jonas.berg', address('rbi'));
    await page.getByRole('heading', { level: 1, name: 'This page is not for your role' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Reports' }).count(), 0);
  }));
