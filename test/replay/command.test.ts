import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { historyFile } from '#activities/seal/history-file.ts';
import { root } from '#ops/paths.ts';
import { runCommand, type CommandResult } from '#ops/run-command.ts';
import { historyKeysFile } from '#ops/setup/history-keys.ts';
import { trustPolicyFile } from '#ops/setup/log-keys.ts';
import { claimant } from '#test/support/scenes.ts';
import { sealedAndPublished, type Sealed } from '#test/support/sealed.ts';
import { useWorld } from '#test/support/world.ts';
import { copyArchive, type ArchiveCopy } from './archive-copy.ts';

let sealed: Sealed;
let copy: ArchiveCopy;
let begun: Date;

const world = useWorld(async (world) => {
  begun = new Date();
  const left = claimant(world.stack.run);
  await left.name('goran.petrovic');
  await left.cancel();
  sealed = await sealedAndPublished(world, `reset/${await world.resetId(left.reference)}`);
  copy = copyArchive(world);
});
after(() => copy?.remove());

/** The command as an auditor types it, on a copy of the archive. */
function replay(...args: string[]): Promise<CommandResult> {
  const { tilesFolder, historiesFolder, workflowCodeFolder } = copy.sources;
  const places = ['--tiles', tilesFolder, '--histories', historiesFolder, '--code', workflowCodeFolder];
  const trust = ['--policy', trustPolicyFile(world.stack.state), '--keys', historyKeysFile(world.stack.state, 'api')];
  const command = ['--disable-warning=ExperimentalWarning', join(root, 'ops/countersign.ts'), 'replay', ...places, ...trust, ...args];
  return runCommand(process.execPath, command, { cwd: root, env: { PATH: '/usr/bin:/bin', COUNTERSIGN_STATE: world.stack.state } });
}
const id = (): string => sealed.workflowId.replace('reset/', '');

test('it exits 0 for what is sound, by id and by time', async () => {
  for (const args of [[id()], ['--since', begun.toISOString()]]) {
    const { code, stdout, stderr } = await replay(...args);
    assert.match(stdout, /[1-9]\d* of them replayed/, stderr);
    assert.match(stdout, /Sound/);
    assert.equal(code, 0, stdout);
  }
});

test('it exits 3 for what it does not understand, and says how to ask', async () => {
  const scenes: [string[], RegExp][] = [
    [[], /Name one reset by its id/],
    [[id(), '--all'], /Name one reset by its id/],
    [['alice.moreau'], /no reset id/],
    [['--since', 'yesterday'], /no time/],
    [['--everything'], /unknown option/],
    [[id(), '--policy', '/nonexistent'], /Name it with --policy/],
  ];
  for (const [args, said] of scenes) {
    const { code, stderr } = await replay(...args);
    assert.match(stderr, said);
    assert.equal(code, 3);
  }
});

test('it exits 1 for a history that was changed, 2 for one that is gone or that nobody sealed, each in a sentence', async () => {
  assert.equal((await replay(randomUUID())).code, 2);
  const history = copy.read(sealed.runId);
  const file = historyFile(copy.sources.historiesFolder, sealed.runId);
  writeFileSync(file, `${JSON.stringify(history)}\n`);
  const changed = await replay(id());
  assert.match(changed.stdout, new RegExp(`TAMPERED +${sealed.workflowId}: its archived history is not the one that was sealed`));
  assert.equal(changed.code, 1);
  rmSync(file);
  const gone = await replay(id());
  assert.match(gone.stdout, new RegExp(`INCOMPLETE ${sealed.workflowId}: its archived history .* cannot be read`));
  assert.equal(gone.code, 2);
});
