import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from 'pg';
import { generateSigner } from '#evidence/signer-key.ts';
import { printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { superuserPasswordFile } from '#ops/setup/postgres-data.ts';
import { ownerUrlFile } from '#ops/setup/database-roles.ts';
import { readSecretLine } from '#config';
import { freshPassword, proven } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';
import { closeBrowser, sceneAt, signInAt, type WatchedPage } from './watched-browser.ts';

let reset = '';
const world = useWorld(async ({ stack, people, resetId }) => {
  const { who } = await proven(stack.run, people, 'nadia.rahman');
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  reset = await resetId(who.reference);
});
after(closeBrowser);

const inBrowser = (scene: (watched: WatchedPage) => Promise<void>, viewport?: { width: number; height: number }) =>
  sceneAt(world.stack.run, scene, viewport);

/** As whoever owns the database would, and no process of ours may. */
async function asSuperuser(statement: string, values: unknown[]): Promise<void> {
  const url = new URL(readSecretLine(ownerUrlFile(world.stack.state)));
  url.username = 'postgres';
  url.password = readSecretLine(superuserPasswordFile(world.stack.state));
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement, values);
  } finally {
    await client.end();
  }
}

const step = ({ page }: WatchedPage, at: number) => page.getByRole('navigation', { name: 'Steps' }).getByRole('listitem').nth(at);
const verdict = ({ page }: WatchedPage) => page.locator('[data-verdict]');

/** Verifies, and again while the newest leaves are not cosigned yet. */
async function verify(watched: WatchedPage): Promise<string | null> {
  const { page } = watched;
  for (let tries = 0; ; tries++) {
    await page.getByRole('button', { name: /^Verify/ }).click();
    await verdict(watched).waitFor();
    const whole = await verdict(watched).getAttribute('data-verdict');
    if (whole !== 'open' || tries === 20) return whole;
    await page.reload();
    await page.getByRole('button', { name: /^Verify/ }).waitFor();
  }
}

test('an auditor steps through a reset, and the browser verifies it: signature, quorum, every leaf, no gap', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    await signInAt(watched, world.people, 'mateo.silva', `/console/resets/${reset}/show`);
    await page.getByRole('link', { name: 'Step through the evidence and verify it' }).click();
    await page.getByRole('heading', { level: 1, name: 'Evidence of this reset' }).waitFor();
    assert.equal(await verify(watched), 'pass');
    const checks = page.getByRole('region', { name: 'Verification' });
    for (const words of [
      /has signed a checkpoint of \d+ leaves/,
      /Cosigned as the policy asks/,
      /leaves that the checkpoint covers are in the log/,
      /follow each other without a gap/,
    ])
      await checks.getByText(words).waitFor();
    assert.equal(await checks.getByText('FAIL').count(), 0);
    await page.getByText('RECOVER: by what is for people who cannot authenticate (NIST SP 800-63B-4 §4.2.2.2)').waitFor();
    await watched.axe('verified evidence');
    await watched.picture('console-evidence');

    // Step by step, by keyboard, and the step stands in the address.
    await page.getByRole('button', { name: 'Next step' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/step=2/);
    await page.getByText(/^Step 2 of \d+$/).waitFor();
    await page.getByText('“waits for the proof”, before and after').waitFor();
    const text = (await page.getByRole('region', { name: 'The leaf, verbatim' }).textContent()) ?? '';
    const [stored] = await world.people.sql<{ body: string }>(
      'SELECT body FROM leaf WHERE reset_id = $1::uuid ORDER BY seq OFFSET 1 LIMIT 1',
      [reset],
    );
    assert.equal(text, stored?.body, 'byte for byte');
    await page.getByText('Inclusion proof', { exact: true }).click();
    await page.getByText('c2sp.org/tlog-proof@v1').last().waitFor();
    await page.getByText('History events behind it').click();
    // What was recorded within the workflow's own tasks is a marker; and an update led to it.
    await page.getByText(/^\d+\. Marker recorded$/).waitFor();
    await page.getByText(/^\d+\. Workflow execution update accepted$/).waitFor();
    await watched.axe('one step with its events');
    await watched.picture('console-evidence-step');
    await page.getByRole('button', { name: 'Previous step' }).click();
    await page.getByText(/^Step 1 of \d+$/).waitFor();
    await page.getByText('History events behind it').click();
    for (const event of ['scheduled', 'started', 'completed'])
      await page.getByText(new RegExp(`^\\d+\\. Activity task ${event}$`)).waitFor();
  }));

test('with a policy that trusts another log nothing passes for proven', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    const other = join(world.stack.state, 'another-policy.tlog');
    writeFileSync(other, `log ${printVerifierKey(generateSigner('log.countersign.test/evidence', SIGNATURE).verifier)}\nquorum none\n`);
    await signInAt(watched, world.people, 'mateo.silva', `/console/resets/${reset}/evidence`);
    await page.getByLabel('Your own trust policy (file)').setInputFiles(other);
    await page.getByRole('button', { name: 'Verify in this browser' }).click();
    await page.getByText(/The checkpoint is not signed by a log of the policy/).waitFor();
    assert.equal(await verdict(watched).getAttribute('data-verdict'), 'fail');
  }));

test('personal data is shown only when asked for, each time with a leaf, and says so when it was erased', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    const looks = async () =>
      Number(
        (
          await world.people.sql<{ n: string }>(
            `SELECT count(*) AS n FROM leaf WHERE type = 'audit.read' AND body LIKE '%"kind":"openings"%'`,
          )
        )[0]?.n,
      );
    await signInAt(watched, world.people, 'mateo.silva', `/console/resets/${reset}/evidence`);
    await page.getByText('Personal data', { exact: true }).click();
    const before = await looks();
    await page.getByRole('button', { name: 'Show the personal data (this is recorded)' }).click();
    await page.getByText('nadia.rahman').waitFor();
    await page.getByText(/^127\.7\.\d+\.\d+/).waitFor();
    assert.equal(await looks(), before + 1);
    await watched.axe('opened personal data');
    await world.people.sql('DELETE FROM opening WHERE value = $1', ['nadia.rahman']);
    await page.reload();
    await page.getByText('Personal data', { exact: true }).click();
    await page.getByRole('button', { name: 'Show the personal data (this is recorded)' }).click();
    await page.getByText(/^Erased\. The value and its salt are gone/).waitFor();
    assert.equal(await verify(watched), 'pass', 'a proof needs no opening');
  }));

test('a leaf that the superuser has changed fails, and is named', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    const [leaf] = await world.people.sql<{ id: string; body: string }>(
      `SELECT id::text, body FROM leaf WHERE reset_id = $1::uuid AND type = 'write.result' LIMIT 1`,
      [reset],
    );
    assert.ok(leaf);
    const all = await world.people.sql<{ id: string }>('SELECT id::text FROM leaf WHERE reset_id = $1::uuid ORDER BY seq', [reset]);
    const at = all.findIndex(({ id }) => id === leaf.id);
    const bent = leaf.body.replace('"outcome":"success"', '"outcome":"failure"');
    assert.notEqual(bent, leaf.body);
    await asSuperuser('UPDATE leaf SET body = $2 WHERE id = $1::uuid', [leaf.id, bent]);
    try {
      await signInAt(watched, world.people, 'mateo.silva', `/console/resets/${reset}/evidence?step=${at + 1}`);
      assert.equal(await verify(watched), 'fail');
      await page.getByText(`Not what the log holds: step ${at + 1}.`).waitFor();
      await step(watched, at).getByText('FAIL').waitFor();
      await step(watched, at - 1)
        .getByText('PASS')
        .waitFor();
      await page.getByText(`Step ${at + 2} does not follow the one before`).waitFor();
      await watched.axe('failed evidence');
      await watched.picture('console-evidence-failed');
    } finally {
      await asSuperuser('UPDATE leaf SET body = $2 WHERE id = $1::uuid', [leaf.id, leaf.body]);
    }
  }));

test('at 400 % zoom the evidence and the log fit', () =>
  inBrowser(
    async (watched) => {
      const { page } = watched;
      await signInAt(watched, world.people, 'mateo.silva', `/console/resets/${reset}/evidence`);
      assert.equal(await verify(watched), 'pass');
      for (const address of [undefined, '/console/log']) {
        if (address) await page.goto(address);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
        assert.ok(
          (await page.evaluate(() => document.documentElement.scrollWidth)) <= 320,
          `${address ?? 'the evidence'} scrolls sideways`,
        );
        await watched.axe(`${address ?? 'the evidence'} on a narrow screen`);
        await watched.picture(`narrow${address?.replaceAll('/', '-') ?? '-evidence'}`);
      }
    },
    { width: 320, height: 256 },
  ));

test('while witnesses are away everybody reads why nothing is written, and it goes on by itself', () =>
  inBrowser(async (watched) => {
    const { page } = watched;
    const { stack, people } = world;
    const { who } = await proven(stack.run, people, 'bilal.osman');
    await signInAt(watched, people, 'mateo.silva', '/console/log');
    await page.getByText('Everything that was recorded is cosigned.').waitFor();
    await page.getByRole('table', { name: 'Witnesses of the log' }).getByText('cosigns').nth(2).waitFor();
    await watched.axe('the log');
    await watched.picture('console-log');
    const away = ['witness-audit', 'witness-soc'] as const;
    for (const witness of away) await stack.kill(witness);
    try {
      assert.equal((await who.choose(freshPassword())).status, 202);
      const notice = page
        .getByRole('main')
        .getByRole('status')
        .getByText('Witnesses are away: nothing is written until two of three cosign again. Resets wait and go on by themselves.');
      await notice.waitFor({ timeout: 60_000 });
      await watched.axe('the log while witnesses are away');
      await watched.picture('console-log-waits');
      await page.goto(`/console/resets/${await world.resetId(who.reference)}/show`);
      await page.getByText('Waits for witnesses to cosign the intent').waitFor();
      await watched.picture('console-reset-waits');
      assert.equal((await who.look()).body.state, 'writing');
      // The claimant's own page, in the browser that holds the reset.
      const cookies = [...who.http.cookies].map(([name, value]) => ({ name, value, url: stack.run.portal, secure: true }));
      await page.context().addCookies(cookies);
      await page.goto(`/reset/${who.reference}`);
      await page.getByRole('heading', { name: 'It takes longer than usual' }).waitFor();
      await page.getByText('your request is kept and goes on by itself').waitFor();
      await watched.axe('the portal while writing takes longer');
      await watched.picture('portal-longer');
    } finally {
      for (const witness of away) await stack.restart(witness);
    }
    assert.equal((await who.until('done', 'refused')).state, 'done');
    await page.getByRole('heading', { level: 1, name: 'Your password is changed' }).waitFor();
    await page.goto('/console/log');
    await page.getByText('Everything that was recorded is cosigned.').waitFor({ timeout: 60_000 });
  }));
