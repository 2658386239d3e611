import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { historyFile } from '#activities/seal/history-file.ts';
import { keyIdOf } from '#history/cipher.ts';
import { rewritePayloads } from '#history/payloads-in-json.ts';
import { replay } from '#ops/replay/replay.ts';
import { exitCodeOf, type Finding } from '#ops/replay/finding.ts';
import { decide, freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { sealedAndPublished, type Sealed } from '#test/support/sealed.ts';
import { useWorld } from '#test/support/world.ts';
import { copyArchive, rewritten, type ArchiveCopy } from './archive-copy.ts';

/** A protected account's reset with two approvals, and another person's, both sealed. */
let privileged: Sealed;
let other: Sealed;
let approver: string;

const world = useWorld(async (world) => {
  const { stack, people } = world;
  const { who } = await proven(stack.run, people, 'samir.khan');
  for (const account of ['ines.duarte', 'quentin.roux']) {
    const console = await signedIn(stack.run, people, account);
    const item = (await inboxItem(console, who.reference)) ?? assert.fail(`${account} is not asked`);
    assert.equal((await decide(console, people, account, item.id, 'approve')).status, 200);
  }
  const { who: next } = await proven(stack.run, people, 'goran.petrovic');
  for (const one of [who, next]) {
    assert.equal((await one.choose(freshPassword())).status, 202);
    assert.equal((await one.until('done', 'refused')).state, 'done');
  }
  approver = await people.guid('quentin.roux');
  privileged = await sealedAndPublished(world, `reset/${await world.resetId(who.reference)}`);
  other = await sealedAndPublished(world, `reset/${await world.resetId(next.reference)}`);
});

/** Lets an attacker at a copy of the archive, then the auditor. */
async function afterAttack(
  attack: (copy: ArchiveCopy) => void,
  of: Sealed = privileged,
): Promise<{ exit: number; findings: Finding[]; words: string }> {
  const copy = copyArchive(world);
  try {
    attack(copy);
    const { findings } = await replay(copy.sources, { reset: of.workflowId.replace('reset/', '') });
    return { exit: exitCodeOf(findings), findings, words: findings.map(({ words }) => words).join('\n') };
  } finally {
    copy.remove();
  }
}

/** Payloads changed by somebody who holds all keys, in the events of this kind only. */
const edit =
  (kind: string, change: (clear: string) => string) =>
  (copy: ArchiveCopy): void => {
    const { events } = copy.read(privileged.runId);
    const owner = { namespace: 'countersign', workflowId: privileged.workflowId };
    let changed = 0;
    const edited = events.map((event) => {
      if (!(kind in event)) return event;
      const [one] = rewritten({ events: [event] }, owner, world.temporal.keys, change).events;
      if (JSON.stringify(one) !== JSON.stringify(event)) changed += 1;
      return one ?? event;
    });
    assert.ok(changed > 0, 'the attack did change something');
    copy.write(privileged.runId, { events: edited });
  };
const UPDATE = 'workflowExecutionUpdateAcceptedEventAttributes';
const SCHEDULED = 'activityTaskScheduledEventAttributes';
const ANSWER = 'workflowExecutionUpdateCompletedEventAttributes';
const RESULT = 'workflowExecutionCompletedEventAttributes';
const NOT_SEALED = /is not the one that was sealed/;

test('what was sealed is sound: it is in the cosigned log, and its code goes the same way and says the same', async () => {
  for (const one of [privileged, other]) {
    const { exit, words } = await afterAttack(() => {}, one);
    assert.deepEqual([exit, words], [0, '']);
  }
});

test("another approver's name in a decision is found twice: by the seal, and by what the code makes of it", async () => {
  const { exit, words } = await afterAttack(edit(UPDATE, (clear) => clear.replaceAll(approver, randomUUID())));
  assert.equal(exit, 1);
  assert.match(words, NOT_SEALED);
  assert.match(words, /event \d+, the input of the step confirmDecision, is not what the code produces/);
});

test('a denial made of an approval is found and named', async () => {
  const { exit, words } = await afterAttack(edit(UPDATE, (clear) => clear.replace('"decision":"approve"', '"decision":"deny"')));
  assert.equal(exit, 1);
  assert.match(words, /the input of the step confirmDecision, is not what the code produces/);
});

test('an edited input of a step, an edited answer and an edited result are each found and named', async () => {
  const scenes: [string, (clear: string) => string, RegExp][] = [
    [
      SCHEDULED,
      (clear) => clear.replace(/"digest":"[0-9a-f]{8}/, '"digest":"00000000'),
      /the input of the step (writePassword|verifyPassword), is not/,
    ],
    [ANSWER, (clear) => clear.replace('Choose your new password.', 'Choose anything.'), /the answer to an update, is not/],
    [RESULT, (clear) => clear.replace('done', 'refused'), /the result of the workflow, is not/],
  ];
  for (const [kind, change, named] of scenes) {
    const { exit, words } = await afterAttack(edit(kind, change));
    assert.equal(exit, 1);
    assert.match(words, NOT_SEALED);
    assert.match(words, named);
  }
});

test('times that were all moved by an hour are found, and so is one that goes backwards', async () => {
  const moved =
    (by: number, from = 0) =>
    (copy: ArchiveCopy) => {
      const { events } = copy.read(privileged.runId);
      const times = (event: { eventTime?: string }, at: number) =>
        at < from ? event : { ...event, eventTime: new Date(Date.parse(event.eventTime ?? '') + by).toISOString() };
      copy.write(privileged.runId, { events: (events as { eventTime?: string }[]).map(times) });
    };
  const shifted = await afterAttack(moved(3_600_000));
  assert.equal(shifted.exit, 1);
  assert.match(shifted.words, NOT_SEALED);
  assert.match(shifted.words, /is not what the code produces/, 'deadlines are computed from these times');
  const backwards = await afterAttack(moved(-3_600_000, 20));
  assert.match(backwards.words, /event 21 is dated before the event that it follows/);
});

test('a cut tail and a hole are found and named', async () => {
  const cut = (keep: (at: number, of: number) => boolean) => (copy: ArchiveCopy) => {
    const { events } = copy.read(privileged.runId);
    copy.write(privileged.runId, { events: events.filter((_, at) => keep(at, events.length)) });
  };
  const tail = await afterAttack(cut((at, of) => at < of - 3));
  assert.equal(tail.exit, 1);
  assert.match(tail.words, /ends no workflow: its tail was cut/);
  assert.match(tail.words, /and \d+ were sealed/);
  const hole = await afterAttack(cut((at) => at !== 30));
  assert.match(hole.words, /event 31 is missing or out of its place/);
});

test("another account's history in its place is found and named, though it is a sealed and sound one itself", async () => {
  const { exit, words } = await afterAttack((copy) => copy.write(privileged.runId, copy.read(other.runId)));
  assert.equal(exit, 1);
  assert.match(words, new RegExp(`it is the history of another workflow, ${other.workflowId}`));
  assert.match(words, /was encrypted for another workflow/);
});

test('an edit that every replay would pass is found by the seal alone', async () => {
  const instead = randomUUID();
  const change = (clear: string): string => clear.replaceAll(approver, instead);
  const { exit, words } = await afterAttack((copy) => {
    const owner = { namespace: 'countersign', workflowId: privileged.workflowId };
    copy.write(privileged.runId, rewritten(copy.read(privileged.runId), owner, world.temporal.keys, change));
  });
  assert.equal(exit, 1);
  assert.match(words, NOT_SEALED);
  assert.doesNotMatch(words, /is not what the code produces/, 'it is consistent in itself');
});

test('whoever also rewrites the leaf is found by the log, which the witnesses have cosigned', async () => {
  const { exit, words } = await afterAttack((copy) => {
    edit(RESULT, (clear) => clear.replace('done', 'refused'))(copy);
    const { sha256 } = JSON.parse(privileged.body).do as { sha256: string };
    replaceInEntries(copy.sources.tilesFolder, sha256, 'f'.repeat(64));
  });
  assert.equal(exit, 1);
  assert.match(words, /its leaf \d+ is not in the cosigned log/);
});

test('a leaf that was made unreadable is called changed, not passed over', async () => {
  const { exit, words } = await afterAttack((copy) => {
    const { sha256 } = JSON.parse(privileged.body).do as { sha256: string };
    replaceInEntries(copy.sources.tilesFolder, sha256, 'g'.repeat(64));
  });
  assert.equal(exit, 1);
  assert.match(words, /it was changed: it is not in the cosigned log/);
});

test('one changed bit of a ciphertext is found, with or without the seal', async () => {
  const { exit, words } = await afterAttack((copy) => {
    let seen = 0;
    const history = rewritePayloads(copy.read(privileged.runId), (payload) => {
      if (keyIdOf(payload) === undefined || ++seen !== 20) return payload;
      const data = Buffer.from(payload.data ?? []);
      const at = data.length >> 1;
      data.writeUInt8(data.readUInt8(at) ^ 1, at);
      return { ...payload, data };
    });
    assert.ok(seen >= 20, 'the twentieth encrypted payload was changed');
    copy.write(privileged.runId, history);
  });
  assert.equal(exit, 1);
  assert.match(words, NOT_SEALED);
  assert.match(words, /it was changed, or encrypted under another key/);
});

test('what is missing is called incomplete, and what was changed in the archive of code is called tampered', async () => {
  const code = (copy: ArchiveCopy): string[] =>
    readdirSync(copy.sources.workflowCodeFolder).map((name) => join(copy.sources.workflowCodeFolder, name));
  const scenes: [(copy: ArchiveCopy) => void, number, RegExp][] = [
    [(copy) => rmSync(historyFile(copy.sources.historiesFolder, privileged.runId)), 2, /its archived history .* cannot be read/],
    [(copy) => code(copy).forEach((file) => rmSync(file)), 2, /cannot be read, and workflows that began on that code/],
    [(copy) => code(copy).forEach((file) => writeFileSync(file, `${readFileSync(file, 'utf8')}//`)), 1, /was changed/],
    [(copy) => (copy.sources.keys = { ...copy.sources.keys, find: () => undefined }), 2, /the ring has no such key/],
    [(copy) => rmSync(join(copy.sources.tilesFolder, 'checkpoint')), 2, /checkpoint is not there/],
    [(copy) => rmSync(join(copy.sources.tilesFolder, 'tile/entries'), { recursive: true }), 2, /The tile .* is missing/],
  ];
  for (const [attack, expected, named] of scenes) {
    const { exit, words } = await afterAttack(attack);
    assert.match(words, named);
    assert.equal(exit, expected, words);
  }
  const copy = copyArchive(world);
  const { findings } = await replay(copy.sources, { reset: randomUUID() });
  copy.remove();
  assert.equal(exitCodeOf(findings), 2, 'a reset that the log does not know');
});

/** Replaces a text by another of the same length in every bundle of entries. */
function replaceInEntries(tiles: string, text: string, by: string): void {
  let changed = 0;
  for (const name of readdirSync(join(tiles, 'tile/entries'), { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const file = join(name.parentPath, name.name);
    const bytes = readFileSync(file);
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) changed += bytes.write(by, at);
    writeFileSync(file, bytes);
  }
  assert.ok(changed > 0, 'the leaf was found');
}
