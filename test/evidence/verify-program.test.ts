import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packBundle } from '#audit/pack-bundle.ts';
import { runVerify } from '#audit/run-verify.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { runCommand } from '#ops/run-command.ts';
import { verifyProgram } from '#ops/setup/verify-program.ts';
import { aBundle, exporter, verifier } from './a-bundle.ts';
import { twoOfThree } from './bank-log.ts';

/** The one file that an auditor runs: made here from the sources, run by the system's own Node in a folder with nothing else. */
const home = mkdtempSync('/tmp/countersign-program-');
after(() => rmSync(home, { recursive: true, force: true }));
const program = await verifyProgram(join(home, 'state'));
const desk = join(home, 'desk');
mkdirSync(desk);
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(desk, name), content);
  return name;
};
put('verify.mjs', program);
const policy = put('policy.tlog', twoOfThree);
const honest = packBundle(aBundle(), program, exporter);
/** Debian's Node 20 where there is one; Node 24 otherwise. */
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
const isolated = process.getuid?.() === 0 ? (['unshare', ['--net', node]] as const) : ([node, []] as const);
const run = (...args: string[]) =>
  runCommand(isolated[0], [...isolated[1], 'verify.mjs', ...args], { cwd: desk, env: { PATH: '/usr/bin:/bin' } });

test('it is one file that imports nothing but what Node brings, and the same sources give the same bytes', async () => {
  const imports = [
    ...program.toString().matchAll(/^\s*(?:import .* from |import |export .* from )["']([^"']+)["']|__require\("([^"]+)"\)/gm),
  ];
  const names = imports.map(([, one, other]) => (one ?? other ?? '').replace('node:', ''));
  assert.ok(names.length > 0);
  assert.deepEqual(
    names.filter((name) => !builtinModules.includes(name)),
    [],
  );
  const again = await verifyProgram(join(home, 'again'));
  assert.ok(again.equals(program));
  console.log(`${program.length} bytes, sha256 ${createHash('sha256').update(program).digest('hex')}`);
});

test('without a network it exits 0 for a sound bundle, and says less is unproven to an auditor who brings the keys', async () => {
  put('sound.zip', honest);
  const bare = await run('sound.zip', '--policy', policy);
  assert.equal(bare.code, 0, bare.stdout + bare.stderr);
  assert.match(bare.stdout, /NOT PROVEN[\s\S]*SOUND: every check passed\.\n$/);
  const keys = [
    '--verifier-key',
    put('verifier.pem', verifier.publicKey.export({ format: 'pem', type: 'spki' })),
    '--export-key',
    put('export.vkey', `${printVerifierKey(exporter.verifier)}\n`),
  ];
  const full = await run('sound.zip', '--policy', policy, ...keys);
  assert.equal(full.code, 0, full.stdout);
  assert.ok(full.stdout.length < bare.stdout.length, 'less is left unproven');
});

test('it exits 1 for a tampered bundle, 2 for an incomplete one, 3 for wrong usage', async () => {
  const bent = Buffer.from(honest);
  bent.writeUInt8(bent.readUInt8(500) ^ 1, 500);
  const tampered = await run(put('bent.zip', bent), '--policy', policy);
  assert.equal(tampered.code, 1);
  assert.match(tampered.stdout, /^FAIL .*\n[\s\S]*TAMPERED/);
  const { histories: _, ...rest } = aBundle();
  const incomplete = await run(put('fewer.zip', packBundle({ ...rest, histories: new Map() }, program, exporter)), '--policy', policy);
  assert.equal(incomplete.code, 2);
  assert.match(incomplete.stdout, /^INCOMPLETE .*\n[\s\S]*INCOMPLETE: nothing contradicts/m);
  const wrong = await run('sound.zip');
  assert.deepEqual([wrong.code, wrong.stdout], [3, '']);
  assert.match(wrong.stderr, /^Name your trust policy with --policy\.\nUsage: verify/);
});

test('it says word for word what the command says', async () => {
  const said = (text: string): string => text.replaceAll(/\d+ s before now/g, '');
  for (const name of ['sound.zip', 'bent.zip', 'fewer.zip']) {
    const { stdout, code } = await run(name, '--policy', policy);
    const mine = runVerify([join(desk, name), '--policy', join(desk, policy)]);
    assert.deepEqual([said(stdout), code], [said(mine.text), mine.code]);
  }
});

test('the program in the bundle is the program, and another program opens the archive', async () => {
  const listing = await runCommand('python3', ['-m', 'zipfile', '-t', join(desk, 'sound.zip')]);
  assert.equal(listing.code, 0, listing.stderr);
  const unpacked = await runCommand('python3', ['-m', 'zipfile', '-e', join(desk, 'sound.zip'), join(home, 'unpacked')]);
  assert.equal(unpacked.code, 0, unpacked.stderr);
  assert.ok(readFileSync(join(home, 'unpacked/verify.mjs')).equals(program));
});
