import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openBundle } from '#audit/open-bundle.ts';
import type { BundleParts, HistoryKeyGiven } from '#audit/bundle-parts.ts';
import { packBundle } from '#audit/pack-bundle.ts';
import { MANIFEST, MANIFEST_NOTE, parseManifest } from '#evidence/manifest.ts';
import { generateSigner, parseSigner } from '#evidence/signer-key.ts';
import { printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { parseZip } from '#evidence/zip.ts';
import { root } from '#ops/paths.ts';
import { runCommand, type CommandResult } from '#ops/run-command.ts';
import { exportKeyFile, exportVerifierKeyFile, trustPolicyFile, verifierKeyCopy } from '#ops/setup/log-keys.ts';
import { countersign } from '#test/support/countersign.ts';
import { freshPassword, proven } from '#test/support/scenes.ts';
import { sealedAndPublished } from '#test/support/sealed.ts';
import { useWorld } from '#test/support/world.ts';

/** What an auditor replays who has nothing but the bundle and their own policy: no state folder, no network. */
const home = mkdtempSync('/tmp/countersign-alone-');
after(() => rmSync(home, { recursive: true, force: true }));
const file = (name: string): string => join(home, name);

const world = useWorld(async (world) => {
  for (const [account, name] of [
    ['goran.petrovic', 'one'],
    ['bilal.osman', 'other'],
  ] as const) {
    const { who } = await proven(world.stack.run, world.people, account);
    await who.choose(freshPassword());
    assert.equal((await who.until('done', 'refused')).state, 'done');
    const reset = await world.resetId(who.reference);
    await sealedAndPublished(world, `reset/${reset}`);
    const { code, stderr } = await countersign(world.stack.state, 'bundle', reset, '--out', file(`${name}.zip`));
    assert.equal(code, 0, stderr);
    if (name === 'one') await countersign(world.stack.state, 'bundle', reset, '--without-openings', '--out', file('shut.zip'));
  }
});

function replay(...args: string[]): Promise<CommandResult> {
  const command = ['--disable-warning=ExperimentalWarning', join(root, 'ops/countersign.ts'), 'replay', ...args];
  const env = { PATH: '/usr/bin:/bin', COUNTERSIGN_STATE: file('no-state') };
  return runCommand('unshare', ['--net', process.execPath, ...command], { cwd: root, env });
}
const alone = (name: string): Promise<CommandResult> => replay('--bundle', file(name), '--policy', trustPolicyFile(world.stack.state));

const partsOf = (name: string): { parts: BundleParts; program: Uint8Array } => {
  const files = parseZip(readFileSync(file(name)));
  const manifest = parseManifest(files.get(MANIFEST) ?? Buffer.alloc(0));
  for (const path of [MANIFEST, MANIFEST_NOTE]) files.delete(path);
  return { parts: openBundle(files, manifest), program: files.get('verify.mjs') ?? Buffer.alloc(0) };
};

/** The bundle exported anew by somebody who holds the export key. */
function exportedAnew(name: string, change: (parts: BundleParts) => BundleParts): void {
  const { parts, program } = partsOf('one.zip');
  writeFileSync(file(name), packBundle(change(parts), program, parseSigner(readFileSync(exportKeyFile(world.stack.state), 'utf8'))));
}

test('out of the bundle alone the history is opened and played again with its code, without a network', async () => {
  const { code, stdout, stderr } = await alone('one.zip');
  assert.match(stdout, /^1 history with \d\d+ events looked at, 1 of them replayed/m, stderr);
  assert.equal(code, 0, stdout);
  assert.equal(existsSync(file('no-state')), false);
});

test('the key that is given out opens the histories of the bundle and those of no other', async () => {
  const { parts } = partsOf('one.zip');
  const workflows = new Set(parts.historyKeys?.map(({ workflowId }) => workflowId));
  assert.deepEqual([...workflows], ['reset' in parts.scope ? `reset/${parts.scope.reset}` : '']);
  const relabelled = partsOf('other.zip').parts.historyKeys?.map((key): HistoryKeyGiven => ({
    ...key,
    workflowId: [...workflows][0] ?? '',
  }));
  exportedAnew('relabelled.zip', (parts) => ({ ...parts, historyKeys: relabelled ?? [] }));
  const { code, stdout } = await alone('relabelled.zip');
  assert.match(stdout, /INCOMPLETE .*it is the sealed one, and the key that was given out with it does not open it/);
  assert.equal(code, 2, 'a wrong key says nothing against the history');
});

test('what the bundle lacks is named, and what was put in another place is found', async () => {
  const scenes: [(parts: BundleParts) => BundleParts, number, RegExp][] = [
    [(parts) => ({ ...parts, code: new Map() }), 2, /FAILED .*the code [0-9a-f]{64} that run .* is not in the bundle/],
    [(parts) => ({ ...parts, histories: new Map() }), 2, /archived history history\/.* cannot be read/],
    [(parts) => ({ ...parts, historyKeys: [] }), 2, /the bundle holds no key for it/],
    [(parts) => ({ ...parts, histories: partsOf('other.zip').parts.histories }), 1, /is not the one that was sealed/],
  ];
  for (const [at, [change, expected, named]] of scenes.entries()) {
    exportedAnew(`bent-${at}.zip`, change);
    const { code, stdout } = await alone(`bent-${at}.zip`);
    assert.match(stdout, named);
    assert.equal(code, expected, stdout);
  }
  const shut = await alone('shut.zip');
  assert.match(shut.stdout, /made without openings, and so without the keys/);
  assert.equal(shut.code, 2);
});

test('it is judged by the keys that the auditor names, and says what is not proven when they name none', async () => {
  const trusted = ['--verifier-key', verifierKeyCopy(world.stack.state), '--export-key', exportVerifierKeyFile(world.stack.state)];
  const mine = await replay('--bundle', file('one.zip'), '--policy', trustPolicyFile(world.stack.state), ...trusted);
  assert.equal(mine.code, 0, mine.stdout);
  assert.doesNotMatch(mine.stdout, /Who exported the bundle/);
  assert.match((await alone('one.zip')).stdout, /NOT PROVEN\n(.*\n)*.*Who exported the bundle: /);
  const thief = generateSigner('thief.example', SIGNATURE);
  const { parts, program } = partsOf('one.zip');
  const own = { ...parts, trust: { ...parts.trust, exportKey: printVerifierKey(thief.verifier) } };
  writeFileSync(file('thief.zip'), packBundle(own, program, thief));
  const stolen = await replay('--bundle', file('thief.zip'), '--policy', trustPolicyFile(world.stack.state), ...trusted);
  assert.match(stolen.stdout, /TAMPERED .*has not signed the manifest/);
  assert.equal(stolen.code, 1);
});

test('a quorum that is short makes a verdict incomplete, and calls no leaf changed', async () => {
  const strict = file('strict.tlog');
  writeFileSync(strict, readFileSync(trustPolicyFile(world.stack.state), 'utf8').replace('group two-of-three 2 ', 'group two-of-three 3 '));
  const { parts, program } = partsOf('one.zip');
  const [body = '', signatures = ''] = parts.checkpoint.split('\n\n');
  const fewer = `${body}\n\n${signatures.split('\n').slice(0, 2).join('\n')}\n`;
  writeFileSync(
    file('fewer.zip'),
    packBundle({ ...parts, checkpoint: fewer }, program, parseSigner(readFileSync(exportKeyFile(world.stack.state), 'utf8'))),
  );
  const { code, stdout } = await replay('--bundle', file('fewer.zip'), '--policy', strict);
  assert.match(stdout, /INCOMPLETE the bundle: FAILED The quorum of your witnesses/);
  assert.doesNotMatch(stdout, /TAMPERED/);
  assert.equal(code, 2);
});

test('a file that is no bundle, and a question that a bundle does not take, are told with the fix', async () => {
  writeFileSync(file('text.zip'), 'no bundle');
  assert.equal((await alone('text.zip')).code, 1);
  for (const none of ['none.zip', '.']) {
    const { code, stderr } = await alone(none);
    assert.match(stderr, /does not exist, or is a folder\. Name a bundle/);
    assert.equal(code, 3);
  }
  const both = await replay('--bundle', file('one.zip'), '--all', '--policy', trustPolicyFile(world.stack.state));
  assert.match(both.stderr, /A bundle says itself what is in it/);
  assert.equal(both.code, 3);
});
