import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { REFUSALS } from '#domain/refusals.ts';
import { cast, type Cast } from '#test/support/people.ts';
import { decide, inboxItem, proven, signedIn, type Claimant } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { plugIn } from './virtual-key.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

let stack: TestStack;
let people: Cast;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
});
after(async () => {
  await closeBrowser();
  await people?.close();
});

/** A reset whose manager has approved: it waits for a security officer. */
async function waitsForOfficer(account: string): Promise<Claimant> {
  const { who } = await proven(stack.run, people, account);
  const ines = await signedIn(stack.run, people, 'ines.duarte');
  const item = await inboxItem(ines, who.reference);
  assert.ok(item);
  const decided = await decide(ines, people, 'ines.duarte', item.id, 'approve');
  assert.equal(decided.status, 200, decided.text);
  return who;
}

/** Signs in at the console with the key of a person who has one. */
async function atConsole(watched: WatchedPage, account: string, at: string): Promise<void> {
  const key = await people.key(account, await signedIn(stack.run, people, account));
  await plugIn(watched.page, { holds: { key, rpId: people.page.rpId } });
  await signInAt(watched, people, account, at);
}

/** Tabs, as somebody without a mouse, until the focus is on what is called so. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let tabs = 0; tabs < 60; tabs++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => document.activeElement?.textContent ?? '');
    if (focused === name) return;
  }
  assert.fail(`sixty times Tab do not lead to ${name}`);
}

const fitsWidth = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

test('a veto: the claimant is told, and the second approver sees the request closed without touching the page', () =>
  sceneAt(stack.run, async (second) => {
    const who = await waitsForOfficer('samir.khan');
    const http = await signedIn(stack.run, people, 'priya.menon');
    const item = await inboxItem(http, who.reference);
    assert.ok(item);
    await signInAt(second, people, 'priya.menon', `/console/approvals/${item.id}/show`);
    await second.page.getByRole('region', { name: 'The clock' }).getByText('the request expires').waitFor();
    await second.page.getByRole('region', { name: 'The last similar decisions' }).waitFor();
    await second.page.getByRole('region', { name: /^Other open requests from/ }).waitFor();
    await second.axe('a decision with what stands around it');
    await second.picture('console-decision-around');

    await sceneAt(stack.run, async (first) => {
      await atConsole(first, 'quentin.roux', `/console/approvals/${item.id}/show`);
      const { page } = first;
      await page.getByLabel('Deny').check();
      await page.getByLabel('Reason').fill('He says that he asked for nothing');
      await page.getByRole('button', { name: 'Deny with your security key' }).click();
      await page.getByText('Your denial is recorded.').waitFor();
      await first.axe('a recorded veto');
    });

    assert.equal((await who.until('refused')).next.code, 'approval-denied');
    await second.page.getByText('This approval is denied.').waitFor();
    assert.equal(await second.page.getByRole('button', { name: 'Record the decision' }).count(), 0);
    const late = await decide(http, people, 'priya.menon', item.id, 'approve');
    assert.equal(late.body.code, 'approval-closed');
    await second.axe('a request that another has denied');

    // The next time somebody asks for this account, the veto stands beside the request.
    const again = await waitsForOfficer('samir.khan');
    const next = await inboxItem(http, again.reference);
    assert.ok(next);
    await second.page.goto(`/console/approvals/${next.id}/show`);
    const past = second.page.getByRole('region', { name: 'The last similar decisions' });
    await past.getByText('Quentin Roux denied the reset of Samir Khan').waitFor();
    await past.getByText('“He says that he asked for nothing”').waitFor();
    await again.cancel();
  }));

test('three are decided one after another by keyboard alone: a lost answer counts once, a conflict stops no other, the end tells each', () =>
  sceneAt(stack.run, async (watched) => {
    const claimants = [await waitsForOfficer('samir.khan'), await waitsForOfficer('priya.menon-adm'), await waitsForOfficer('rosa.klein')];
    // A row that offers Priya her own second account: what counts is what the verifier knows.
    await people.sql(
      `UPDATE approval SET eligible = array_append(eligible, $1), eligible_names = array_append(eligible_names, 'Priya Menon')
       WHERE reset_id = (SELECT id FROM reset WHERE reference = $2) AND state = 'waiting'`,
      [await people.guid('priya.menon'), claimants[1]?.reference],
    );
    await atConsole(watched, 'priya.menon', '/console/approvals');
    const { page } = watched;
    await page.getByRole('table', { name: 'Waiting for you' }).getByRole('link', { name: 'Rosa Klein' }).waitFor();
    await page.getByRole('button', { name: /^Your session/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemcheckbox', { name: 'Keyboard shortcuts' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await watched.axe('the help about keys');
    await watched.picture('console-shortcuts');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    const ids: string[] = [];
    const http = await signedIn(stack.run, people, 'priya.menon');
    for (const who of claimants) {
      const item = await inboxItem(http, who.reference);
      assert.ok(item);
      ids.push(item.id);
    }
    for (const id of ids) {
      const here = () => page.evaluate(() => document.activeElement?.getAttribute('href') ?? '');
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      for (let steps = 0; steps < 40 && !(await here()).includes(id); steps++)
        await page.keyboard.press(steps % 2 === 0 ? 'j' : 'ArrowDown');
      assert.ok((await here()).includes(id), 'the rows are walked through by key');
      await page.keyboard.press('x');
    }
    await page.getByText('3 requests are chosen.').waitFor();
    await watched.axe('an inbox with chosen requests');
    await watched.picture('console-inbox-chosen');
    await tabTo(page, 'Decide one after another');
    await page.keyboard.press('Enter');

    let lost = 0;
    await page.route('**/decisions', async (route) => {
      if (lost > 0) return route.continue();
      lost += 1;
      // The server gets it; its answer never arrives.
      await route.fetch();
      return route.abort();
    });
    const approve = async (heading: RegExp) => {
      await page.getByRole('heading', { level: 2, name: heading }).waitFor();
      await page.getByLabel('Reason').waitFor();
      await page.keyboard.press('a');
      await page.keyboard.type('I have spoken to them');
      await tabTo(page, 'Approve with your security key');
      await page.keyboard.press('Enter');
    };
    await approve(/^Request 1 of 3: Samir Khan/);
    await page.getByText('No answer came, so it is not known').waitFor();
    await watched.axe('a decision whose answer was lost');
    await page.getByRole('button', { name: 'Approve with your security key' }).focus();
    await page.keyboard.press('Enter');
    await approve(/^Request 2 of 3: Priya Menon/);
    await page.getByText(REFUSALS['own-account'].words).first().waitFor();
    await watched.axe('a refused decision among others');
    await watched.picture('console-one-by-one-refused');
    await tabTo(page, 'Go on to the next request');
    await page.keyboard.press('Enter');
    await approve(/^Request 3 of 3: Rosa Klein/);
    await page.getByRole('heading', { name: 'What became of each' }).waitFor();
    const told = await page.getByRole('main').getByRole('listitem').allTextContents();
    assert.deepEqual(
      told.map((text) => text.replace(/, [0-9A-Z]{3}-[0-9A-Z]{3}: /, ' – ')),
      [
        'Samir Khan – Your approval is recorded. The reset goes on.',
        `Priya Menon (admin) – ${REFUSALS['own-account'].words}`,
        'Rosa Klein – Your approval is recorded. The reset goes on.',
      ],
    );
    await watched.axe('what became of each');
    await watched.picture('console-one-by-one-end');

    const votes = await people.sql<{ body: string }>(
      `SELECT a.body FROM attestation a JOIN approval p ON p.reset_id = a.reset_id WHERE p.id = ANY($1::uuid[]) AND a.kind = 'decision'`,
      [ids],
    );
    const mine = votes.map(({ body }) => JSON.parse(body) as { person: string });
    const priya = await people.guid('priya.menon');
    assert.equal(mine.filter(({ person }) => person === priya).length, 2, 'one vote in each of two resets, none in the third');
    const ceremonies = await people.sql<{ count: string }>(
      `SELECT count(DISTINCT purpose) AS count FROM ceremony WHERE account_guid = $1::uuid AND purpose = ANY($2)`,
      [priya, ids.map((id) => `decision/${id}`)],
    );
    assert.equal(Number(ceremonies[0]?.count), 3, 'each request had a ceremony of its own');
    for (const who of claimants) await who.cancel();
  }));

test('inbox, decision and the row of several are read at four hundred per cent without scrolling sideways', () =>
  sceneAt(
    stack.run,
    async (watched) => {
      const { page } = watched;
      const who = await waitsForOfficer('rosa.klein');
      const item = await inboxItem(await signedIn(stack.run, people, 'quentin.roux'), who.reference);
      assert.ok(item);
      await signInAt(watched, people, 'quentin.roux', '/console/approvals');
      await page.getByRole('link', { name: 'Rosa Klein' }).first().waitFor();
      for (const [name, at] of [
        ['inbox', '/console/approvals'],
        ['decision', `/console/approvals/${item.id}/show`],
        ['one-by-one', `/console/approvals-one-by-one?of=${item.id}`],
      ] as const) {
        await page.goto(at);
        await page.getByText('Rosa Klein').first().waitFor();
        assert.equal(await fitsWidth(page), true, name);
        await watched.axe(`${name} at 400 %`);
        await watched.picture(`console-${name}-400`);
      }
      await who.cancel();
    },
    { width: 320, height: 640 },
  ));

test('a thousand requests are found by code, walked through by pages, and counted in the menu', () =>
  sceneAt(stack.run, async (watched) => {
    const { page } = watched;
    const quentin = await people.guid('quentin.roux');
    // Rows as verifier and worker leave them; nothing runs behind them, so nothing is decided here.
    await people.sql(
      `WITH r AS (
         INSERT INTO reset (id, run_id, reference, browser_hash, state, next, account_guid, account_name, display_name, protected_by, source)
         SELECT ('0199aaaa-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, gen_random_uuid(), 'TEST-INBOX-' || n, decode('00', 'hex'), 'awaiting-approval', '{}',
           gen_random_uuid(), 'made.up' || n, 'Made Up ' || n, 'Domain Admins', '10.20.30.40' FROM generate_series(1, 1000) n
         RETURNING id)
       INSERT INTO approval (id, reset_id, stage, label, state, eligible, eligible_names, claimant_groups, opened_at, expires_at)
       SELECT gen_random_uuid(), id, 0, 'manager', 'waiting', ARRAY[$1], ARRAY['Quentin Roux'], '{}', now(), now() + interval '1 day' FROM r`,
      [quentin],
    );
    try {
      await signInAt(watched, people, 'quentin.roux', '/console/approvals');
      const mine = page.getByRole('table', { name: 'Waiting for you' });
      await mine.getByRole('row').nth(25).waitFor();
      await page
        .getByRole('navigation', { name: 'Pages' })
        .getByText(/^1\d\d\d wait for your decision$/)
        .waitFor();
      await watched.axe('an inbox of a thousand');
      await watched.picture('console-inbox-thousand');
      const first = await mine.getByRole('link').first().getAttribute('href');
      const pages = page.getByRole('navigation', { name: 'More of: Waiting for you' });
      await pages.getByRole('button', { name: 'Due later' }).click();
      await pages.getByText('Page 2').waitFor();
      await page.waitForFunction((before) => document.querySelector('table a[data-row]')?.getAttribute('href') !== before, first);
      await page.getByRole('textbox', { name: 'Find a request' }).fill('made.up777');
      await mine.getByRole('link', { name: 'Made Up 777' }).waitFor();
      assert.equal(await mine.getByRole('row').count(), 2);
      const code = (await mine.getByRole('row').nth(1).textContent())?.match(/[0-9A-Z]{3}-[0-9A-Z]{3}/)?.[0] ?? '';
      await page.getByRole('textbox', { name: 'Find a request' }).fill(code.toLowerCase());
      await page.waitForURL(/find=/);
      await mine.getByRole('link', { name: 'Made Up 777' }).waitFor();
      await watched.picture('console-inbox-found');
    } finally {
      await people.sql(`DELETE FROM approval WHERE reset_id IN (SELECT id FROM reset WHERE reference LIKE 'TEST-INBOX-%')`);
      await people.sql(`DELETE FROM reset WHERE reference LIKE 'TEST-INBOX-%'`);
    }
  }));
