import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openBundle } from '#audit/open-bundle.ts';
import type { BundleParts, HistoryKeyGiven } from '#audit/bundle-parts.ts';
import { packBundle } from '#audit/pack-bundle.ts';
import { MANIFEST, MANIFEST_NOTE, parseManifest } from '#evidence/manifest.ts';
import { parseSigner } from '#evidence/signer-key.ts';
import { parseZip } from '#evidence/zip.ts';
import { root } from '#ops/paths.ts';
import { runCommand, type CommandResult } from '#ops/run-command.ts';
import { exportKeyFile, trustPolicyFile } from '#ops/setup/log-keys.ts';
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
    ['lena.fischer', 'other'],
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
  assert.match(stdout, /^1 histories with \d\d+ events looked at, 1 of them replayed/m, stderr);
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
  assert.match(stdout, /TAMPERED .*it was changed, or encrypted under another key/);
  assert.equal(code, 1);
});

test('what the bundle lacks is named, and what was put in another place is found', async () => {
  const scenes: [(parts: BundleParts) => BundleParts, number, RegExp][] = [
    [(parts) => ({ ...parts, code: new Map() }), 2, /the code [0-9a-f]{64} is not in the bundle/],
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

test('a file that is no bundle, and a question that a bundle does not take, are told with the fix', async () => {
  writeFileSync(file('text.zip'), 'no bundle');
  assert.equal((await alone('text.zip')).code, 1);
  assert.match((await alone('none.zip')).stderr, /does not exist\. Name a bundle/);
  const both = await replay('--bundle', file('one.zip'), '--all', '--policy', trustPolicyFile(world.stack.state));
  assert.match(both.stderr, /A bundle says itself what is in it/);
  assert.equal(both.code, 3);
});
