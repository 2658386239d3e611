import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { nat, sample } from 'fast-check';
import { exitCode } from '#audit/finding.ts';
import { openBundle } from '#audit/open-bundle.ts';
import { packBundle } from '#audit/pack-bundle.ts';
import { runVerify } from '#audit/run-verify.ts';
import { verifyBundle, type Auditor } from '#audit/verify-bundle.ts';
import { MANIFEST, MANIFEST_NOTE, parseManifest } from '#evidence/manifest.ts';
import { parseSigner } from '#evidence/signer-key.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { parseZip } from '#evidence/zip.ts';
import { runCommand } from '#ops/run-command.ts';
import { exportKeyFile, tilesFolder, trustPolicyFile } from '#ops/setup/log-keys.ts';
import type { Cast } from '#test/support/people.ts';
import { amount } from '#test/support/campaign.ts';
import { countersign } from '#test/support/countersign.ts';
import { claimant, decide, freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

/** One privileged reset at the real stack, exported by the command as an operator would, and judged as an auditor would. */
const home = mkdtempSync('/tmp/countersign-bundle-');
after(() => rmSync(home, { recursive: true, force: true }));
const file = (name: string): string => join(home, name);
let reset = '';
let begun = '';

const world = useWorld(async ({ stack, people, resetId }) => {
  begun = new Date().toISOString();
  for (const account of ['nobody.by.this.name', 'rosa.klein']) {
    const left = claimant(stack.run);
    assert.equal((await left.name(account)).status, 201);
    assert.equal((await left.prove('0000-0000-0000-0000')).status, 422);
    assert.equal((await left.cancel()).status, 200);
    left.close();
  }
  const manager = await signedIn(stack.run, people, 'ines.duarte');
  const officer = await signedIn(stack.run, people, 'quentin.roux');
  const { who } = await proven(stack.run, people, 'samir.khan');
  const first = await inboxItem(manager, who.reference);
  assert.equal((await decide(manager, people, 'ines.duarte', first?.id ?? '', 'approve')).status, 200);
  const second = await inboxItem(officer, who.reference);
  assert.equal((await decide(officer, people, 'quentin.roux', second?.id ?? '', 'approve')).status, 200);
  await who.until('choosing-password');
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  reset = await resetId(who.reference);
  await allSealed(people);
});

const auditor = (): Auditor => ({
  policy: parseTrustPolicy(readFileSync(trustPolicyFile(world.stack.state))),
  now: new Date(),
  toleranceSeconds: 300,
});

/** A history is sealed when Temporal gives the closed one away: soon after the end that the claimant sees. */
async function allSealed({ sql }: Cast): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await setTimeout(100)) {
    const open = await sql(
      `SELECT id FROM reset r WHERE started_at >= $1 AND NOT EXISTS (SELECT 1 FROM sealed_history WHERE workflow_id = 'reset/' || r.id)`,
      [begun],
    );
    if (open.length === 0) return;
    assert.ok(Date.now() < deadline, `${open.length} histories are not sealed`);
  }
}

function notPassed(bytes: Uint8Array, more: Partial<Auditor> = {}): string[] {
  return verifyBundle(bytes, { ...auditor(), ...more })
    .findings.filter(({ verdict }) => verdict !== 'pass')
    .map(({ check, verdict, said }) => `${verdict}: ${check}: ${said}`);
}

test('the bundle of a privileged reset is written by the command and is sound', async () => {
  const { code, stderr } = await countersign(world.stack.state, 'bundle', reset, '--out', file('reset.zip'));
  assert.equal(code, 0, stderr);
  const bytes = readFileSync(file('reset.zip'));
  assert.deepEqual(notPassed(bytes), []);
  const leaves = parseZip(bytes).get('events.ndjson')?.toString().split('\n') ?? [];
  console.log(`${bytes.length} bytes, ${leaves.length - 1} leaves`);
});

test('the command and verify.mjs say the same, in an empty folder, with the plain Node of the system and no network', async () => {
  const bytes = readFileSync(file('reset.zip'));
  const empty = file('auditor');
  mkdirSync(empty);
  writeFileSync(join(empty, 'verify.mjs'), parseZip(bytes).get('verify.mjs') ?? '');
  const args = [file('reset.zip'), '--policy', trustPolicyFile(world.stack.state)];
  const mine = await countersign(world.stack.state, 'verify', ...args);
  const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
  const theirs = await runCommand('unshare', ['--net', node, 'verify.mjs', ...args], { cwd: empty, env: { PATH: '/usr/bin:/bin' } });
  const said = (text: string): string => text.replaceAll(/\d+ s before now/g, '');
  assert.equal(said(theirs.stdout), said(mine.stdout), theirs.stderr);
  assert.deepEqual([mine.code, theirs.code], [0, 0]);
  assert.match(mine.stdout, /NOT PROVEN\n/);
  assert.match(mine.stdout, /did not conspire/);
  console.log(mine.stdout);
});

test('the same parts and key give the same archive, byte for byte', () => {
  const bytes = readFileSync(file('reset.zip'));
  const files = parseZip(bytes);
  const manifest = parseManifest(files.get(MANIFEST) ?? Buffer.alloc(0));
  const verify = files.get('verify.mjs') ?? Buffer.alloc(0);
  for (const path of [MANIFEST, MANIFEST_NOTE]) files.delete(path);
  const key = parseSigner(readFileSync(exportKeyFile(world.stack.state), 'utf8'));
  assert.ok(packBundle(openBundle(files, manifest), verify, key).equals(bytes));
});

test('wrong usage is exit code 3 and says what to write, by both', async () => {
  const { code, stderr } = await countersign(world.stack.state, 'verify', '--what');
  assert.equal(code, 3);
  assert.match(stderr, /Usage: verify <bundle>/);
  const policy = trustPolicyFile(world.stack.state);
  const bundle = file('reset.zip');
  for (const args of [
    [],
    [bundle],
    [bundle, bundle, '--policy', policy],
    [bundle, '--policy', file('none')],
    [bundle, '--policy', bundle],
    [bundle, '--policy', policy, '--verifier-key', policy],
    [bundle, '--policy', policy, '--export-key', policy],
    [bundle, '--policy', policy, '--checkpoint', file('none')],
    [bundle, '--policy', policy, '--tolerance', 'much'],
  ])
    assert.equal(runVerify(args).code, 3, args.join(' '));
});

test('the real bundle, with a bit changed anywhere, never verifies', () => {
  const bytes = readFileSync(file('reset.zip'));
  for (const at of sample(nat(bytes.length - 1), { seed: 4, numRuns: amount(300, 5000) })) {
    const bent = Buffer.from(bytes);
    bent.writeUInt8(bent.readUInt8(at) ^ 1, at);
    assert.equal(exitCode(verifyBundle(bent, auditor()).findings), 1, `byte ${at}`);
  }
});

test('the running log is sound by the live audit, with the rights of the auditor', async () => {
  const { stdout, stderr, code } = await countersign(world.stack.state, 'audit', '--live', '--once', '--held', file('audited.note'));
  assert.equal(code, 0, `${stdout}${stderr}`);
  assert.match(readFileSync(file('audited.note'), 'utf8'), /^log\.countersign\.test\/evidence\n/);
});

test('a bundle since a checkpoint that the auditor holds shows that the log only grew', async () => {
  const held =
    parseZip(readFileSync(file('reset.zip')))
      .get('checkpoint.note')
      ?.toString() ?? '';
  writeFileSync(file('held.note'), held);
  const { code, stderr } = await countersign(
    world.stack.state,
    'bundle',
    reset,
    '--out',
    file('since.zip'),
    '--since-checkpoint',
    file('held.note'),
    '--without-openings',
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(notPassed(readFileSync(file('since.zip')), { held }), []);
  assert.equal(parseZip(readFileSync(file('since.zip'))).has('openings.json'), false);
  // The first bundle is older than what the auditor holds by now.
  const newer = readFileSync(join(tilesFolder(world.stack.state), 'checkpoint'), 'utf8');
  assert.match(notPassed(readFileSync(file('reset.zip')), { held: newer }).join(), /^incomplete: The log only grew/);
});

test('the bundle of a time holds every leaf of it, and every reset that it touches whole', async () => {
  const { code, stderr } = await countersign(
    world.stack.state,
    'bundle',
    '--from',
    begun,
    '--to',
    new Date().toISOString(),
    '--out',
    file('time.zip'),
  );
  assert.equal(code, 0, stderr);
  const bytes = readFileSync(file('time.zip'));
  assert.deepEqual(notPassed(bytes), []);
  const replayed = verifyBundle(bytes, auditor()).findings.find(({ said }) => /writes? replayed$/.test(said));
  assert.match(replayed?.said ?? '', /^\d+ resets and [1-9]\d* writes? replayed/);
});
