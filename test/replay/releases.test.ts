import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readWorkflowCode, workflowCode } from '#activities/release/workflow-code.ts';
import { done } from '#domain/next.ts';
import { archiveWorkflowCode } from '#ops/setup/bundle-workflows.ts';
import { ownedFile } from '#ops/setup/owned-files.ts';
import { identities } from '#ops/setup/identities.ts';
import { workflowCodeFolder } from '#ops/setup/archives.ts';
import { decide, freshPassword, inboxItem, proven, signedIn, type Claimant } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

/** What a claimant reads at the end is written in the workflows' own code: the visible difference between two releases. */
const OTHER_WORDS = 'Done by the other release.';

const world = useWorld();
interface WorkerFile {
  workflowCode: { folder: string; current: string };
}
const settingsFile = (): string => join(world.stack.state, 'worker', 'settings.json');
const settings = (): WorkerFile => JSON.parse(readFileSync(settingsFile(), 'utf8')) as WorkerFile;

/** What an upgrade does: other code is current when the worker starts again. */
async function startOn(release: string): Promise<void> {
  const { workflowCode, ...rest } = settings();
  const text = JSON.stringify({ ...rest, workflowCode: { ...workflowCode, current: release } });
  ownedFile(settingsFile(), text, identities().worker);
  await world.stack.kill('worker', 'SIGTERM');
  await world.stack.restart('worker');
}

let first: string | undefined;
after(async () => {
  if (first && settings().workflowCode.current !== first) await startOn(first);
});

async function approve(who: Claimant, approvers: readonly string[] = ['ines.duarte', 'quentin.roux']): Promise<void> {
  for (const approver of approvers) {
    const console = await signedIn(world.stack.run, world.people, approver);
    const item = (await inboxItem(console, who.reference)) ?? assert.fail(`${approver} is not asked`);
    const answer = await decide(console, world.people, approver, item.id, 'approve');
    assert.equal(answer.status, 200, answer.text);
  }
}

async function finish(who: Claimant): Promise<string> {
  assert.equal((await who.choose(freshPassword())).status, 202);
  const end = await who.until('done', 'refused');
  assert.equal(end.state, 'done');
  return end.next.message;
}

/** On which release Temporal says that a reset runs or ran. */
async function releaseOf(who: Claimant): Promise<string | undefined> {
  const { raw } = await world.temporal.client.workflow.getHandle(`reset/${await world.resetId(who.reference)}`).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}

test('a reset that waits for its approval ends on the code it began with, one that begins after the upgrade on the new code, through restarts', async () => {
  const before = settings().workflowCode.current;
  first = before;
  const code = readWorkflowCode(workflowCodeFolder(world.stack.state), before).text;
  assert.ok(code.includes(done.message), 'the words of the end are in the code');
  const other = archiveWorkflowCode(workflowCodeFolder(world.stack.state), code.replaceAll(done.message, OTHER_WORDS));
  assert.notEqual(other, before);

  const twoOfThree = `rules:
  - id: privileged
    when: { protected: true }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals:
      - { label: two-of-three, by: [{ relation: manager }, { group: CS-Security-Officers }], needs: 2 }`;
  const parked = (await underPolicy(world.stack, twoOfThree, () => proven(world.stack.run, world.people, 'samir.khan'))).who;
  await approve(parked, ['ines.duarte']);
  await startOn(other);
  const newer = (await proven(world.stack.run, world.people, 'goran.petrovic')).who;
  assert.equal(await finish(newer), OTHER_WORDS);
  assert.equal(await releaseOf(newer), other);

  // Both in one process, and both through its sudden end.
  const parkedOnNewer = (await proven(world.stack.run, world.people, 'rosa.klein')).who;
  await world.stack.kill('worker', 'SIGKILL');
  await world.stack.restart('worker');
  await approve(parked, ['quentin.roux']);
  assert.equal(await finish(parked), done.message, 'one approval was given before the upgrade, the other after it');
  assert.equal(await releaseOf(parked), before);

  // And back: who goes back to the release before leaves nobody behind either.
  await startOn(before);
  await approve(parkedOnNewer);
  assert.equal(await finish(parkedOnNewer), OTHER_WORDS);
  const last = (await proven(world.stack.run, world.people, 'goran.petrovic')).who;
  assert.equal(await finish(last), done.message);
  assert.equal(await releaseOf(last), before);
});

test('the worker says on which code workflows begin, in the leaf of its start', async () => {
  const rows = await world.people.sql<{ bundle: string }>(
    `SELECT body::json -> 'do' ->> 'bundle' AS bundle FROM leaf WHERE type = 'process.started' AND actor = 'service:worker' ORDER BY seq DESC LIMIT 1`,
  );
  assert.deepEqual(rows, [{ bundle: settings().workflowCode.current }]);
});

test('archived code that was changed by a byte is refused, and code that is missing names its file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-code-'));
  try {
    const { sha256, text } = workflowCode('const a = 1;\n//# sourceMappingURL=data:application/json;base64,e30=');
    assert.equal(text, 'const a = 1;\n', 'the source map is no part of the code');
    assert.equal(archiveWorkflowCode(folder, text), sha256);
    assert.equal(readWorkflowCode(folder, sha256).text, text);
    ownedFile(join(folder, `${sha256}.js`), 'const a = 2;\n');
    assert.throws(() => readWorkflowCode(folder, sha256), /was changed/);
    assert.throws(() => readWorkflowCode(folder, 'f'.repeat(64)), /f{64}\.js cannot be read/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
