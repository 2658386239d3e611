import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isHere, layReady, showWaiting, takeAway, uidOf, wasShown } from '#device-agent/at-login.ts';
import { judgeNotice } from '#device-agent/judge-notice.ts';
import { MOST_TOLD, openMemory, type Remembered } from '#device-agent/memory.ts';
import { signStatement, TAGS, type Tag } from '#device-agent/statement.ts';
import { printable, wordsOf } from '#device-agent/words-of-changes.ts';
import { FACTOR_CHANGES } from '#domain/message.ts';
import type { Json } from '#evidence/jcs.ts';

/** What an agent makes of a word about somebody's factors, without a device: which it takes, and what may stand in it. What a device does of it: told-of-factors.test.ts. */
const signer = generateKeyPairSync('ed25519');
const DEVICE = randomUUID();
const NOW = Date.parse('2026-11-27T06:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'told-'));
test.after(() => rmSync(folder, { recursive: true }));
const memoryWith = (edit: (draft: Remembered) => void = () => {}): Readonly<Remembered> => {
  const memory = openMemory(mkdtempSync(join(folder, 'm-')));
  memory.change((draft) => {
    draft.device = DEVICE;
    draft.noticeKeys = [{ id: 'pinned', publicKey: signer.publicKey.export({ format: 'der', type: 'spki' }).toString('base64') }];
    edit(draft);
  });
  return memory.now;
};
const telling = (other: { [key: string]: Json } = {}): { [key: string]: Json } => ({
  notice: randomUUID(),
  device: DEVICE,
  account: { guid: randomUUID(), sid: 'S-1-5-21-1-2-3-1105', name: 'alice.moreau' },
  verb: 'tell',
  change: 'app-added',
  changedAt: '2026-11-27T05:59:00.000Z',
  issuedAt: '2026-11-27T05:59:01.000Z',
  expiresAt: '2026-12-11T05:59:01.000Z',
  ...other,
});
const signed = (said: Json, { tag = TAGS.notice, key = signer.privateKey }: { tag?: Tag; key?: typeof signer.privateKey } = {}): string =>
  JSON.stringify({ ...signStatement(tag, said, key), key: 'pinned' });
const judged = (data: string, memory = memoryWith(), now = NOW): string => {
  const answer = judgeNotice(data, memory, now);
  return 'fault' in answer ? answer.fault : answer.seenBefore ? 'seen before' : 'taken on';
};

test('a telling is taken on when the pinned key signed it as a notice, to this device, in time, and in no other form', () => {
  assert.equal(judged(signed(telling())), 'taken on');
  const stranger = generateKeyPairSync('ed25519').privateKey;
  assert.equal(judged(signed(telling(), { key: stranger })), 'bad-signature');
  assert.equal(judged(signed(telling(), { tag: TAGS.ack })), 'bad-signature');
  assert.equal(judged(signed(telling()).replace('app-added', 'key-added')), 'bad-signature');
  assert.equal(judged(signed(telling({ device: randomUUID() }))), 'wrong-device');
  assert.equal(judged(signed(telling({ expiresAt: '2026-11-27T06:00:00.000Z' }))), 'expired');
  for (const change of ['\u001B[2J', 'app-added\n', 'App', '', 'a'.repeat(65), 7])
    assert.equal(judged(signed(telling({ change }))), 'malformed');
  for (const other of [
    { changedAt: '\u001B]0;x\u0007' },
    { account: { guid: 'x', sid: 'root', name: 'x' } },
    { notice: '../../etc/passwd' },
  ])
    assert.equal(judged(signed(telling(other))), 'malformed');
});

test('what is asked of an agent that does not know it is answered as such, unless it was meant for another device', () => {
  assert.equal(judged(signed({ device: DEVICE, verb: 'wipe', anything: true })), 'unknown-verb');
  assert.equal(judged(signed({ device: randomUUID(), verb: 'wipe' })), 'wrong-device');
  assert.equal(judged(signed({ verb: 'tell' })), 'malformed');
});

test('one that was taken on is told again by nobody, also when its time was let go and a clock goes back', () => {
  const [id, expiresAt] = [randomUUID(), '2026-12-11T05:59:01.000Z'];
  const said = telling({ notice: id, expiresAt });
  const end = Date.parse(expiresAt);
  assert.equal(
    judged(
      signed(said),
      memoryWith((draft) => void (draft.told[id] = end)),
    ),
    'seen before',
  );
  assert.equal(
    judged(
      signed(said),
      memoryWith((draft) => void (draft.toldUntil = end)),
    ),
    'expired',
  );
  const later = telling({ expiresAt: '2026-12-11T05:59:02.000Z' });
  assert.equal(
    judged(
      signed(later),
      memoryWith((draft) => void (draft.toldUntil = end)),
    ),
    'taken on',
  );
  const full = memoryWith((draft) => {
    for (let count = 0; count < MOST_TOLD; count++) draft.told[randomUUID()] = end;
  });
  assert.equal(judged(signed(later), full), 'too-many', 'none is forgotten for another');
});

test('a memory that an agent of before wrote is read, and says that nobody was told', () => {
  const at = mkdtempSync(join(folder, 'm-'));
  const { tellings: _, told: __, toldUntil: ___, ...before } = memoryWith();
  writeFileSync(join(at, 'memory.json'), JSON.stringify(before));
  assert.deepEqual(openMemory(at).now, { ...before, tellings: {}, told: {}, toldUntil: 0 });
});

test('every change has its words, a later portal’s too, in signs that no terminal obeys', () => {
  const address = 'https://portal.bank.test/factors';
  const changedAt = '2026-11-27T05:59:00.000Z';
  const all = [...FACTOR_CHANGES, 'face-added'].map((change) => wordsOf({ change, changedAt }, address));
  assert.equal(new Set(all).size, all.length);
  for (const words of all) {
    assert.match(words, /^[\n\u0020-\u007E]+$/);
    assert.match(words, /^Countersign, Friday 27 November/);
    assert.ok(words.includes(address));
    assert.ok(words.split('\n').every((line) => line.length < 160));
  }
  assert.match(all.at(-1) ?? '', /Something that you sign in with was changed/);
  assert.doesNotMatch(wordsOf({ change: 'app-added', changedAt }, undefined), /https/);
  assert.equal(printable('a\u001B[2J\u009B\u0007\r\u202Eb’\u00A0c\n'), "a?[2J?? ?b' c\n");
});

test('what waits for a login lies where root alone reads it, is shown to that user, once, and taken away', () => {
  const state = mkdtempSync(join(folder, 's-'));
  const [id, other] = [randomUUID(), randomUUID()];
  layReady(state, { id, uid: 60_001, words: 'an app was added' });
  layReady(state, { id, uid: 60_001, words: 'other words' });
  layReady(state, { id: other, uid: 60_002, words: 'a key was added' });
  assert.equal(statSync(join(state, 'told/60001')).mode & 0o777, 0o700);
  assert.equal(statSync(join(state, `told/60001/${id}`)).mode & 0o777, 0o600);
  const shown: string[] = [];
  // Whatever somebody got into such a file speaks to no terminal.
  writeFileSync(join(state, `told/60001/${randomUUID()}`), '\u001B[2Jhello');
  writeFileSync(join(state, 'told/60001/.profile'), 'not a notice');
  for (let again = 0; again < 2; again++) showWaiting(state, 60_001, (text) => shown.push(text));
  assert.deepEqual(shown.toSorted(), ['?[2Jhello', 'an app was added\n']);
  showWaiting(state, 60_003, (text) => shown.push(text));
  assert.equal(shown.length, 2);
  assert.deepEqual([wasShown(state, { id, uid: 60_001 }), wasShown(state, { id: other, uid: 60_002 })], [true, false]);
  for (const one of [id, other]) takeAway(state, one);
  assert.deepEqual(readdirSync(join(state, 'told/60002')), []);
});

test('who logs in is known by the system’s own names, root and strangers are nobody, and only a place at this computer counts', () => {
  assert.equal(uidOf('daemon'), 1);
  for (const user of ['root', 'no-such-user', '1', '', '../daemon', undefined]) assert.equal(uidOf(user), undefined);
  assert.equal(process.geteuid?.(), 0, 'and we are who we were');
  for (const terminal of ['/dev/tty1', 'tty6', ':0', ':1.0']) assert.ok(isHere(terminal, undefined) && isHere(terminal, ''));
  assert.ok(!isHere('/dev/tty1', 'root'), 'somebody else became them');
  for (const terminal of ['ssh', '/dev/pts/3', 'cron', '', '/dev/tty1x', ':', undefined]) assert.ok(!isHere(terminal, undefined));
});
