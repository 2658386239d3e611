import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { exitCode, type Finding } from '#audit/finding.ts';
import { historyFile } from '#activities/seal/history-file.ts';
import { archivedHistories } from '#ops/bundle/histories.ts';
import { openTiles } from '#ops/bundle/tiles.ts';
import { pass, startOver, type AuditDeps, type Position } from '#ops/live-audit/pass.ts';
import { auditOn, auditOnce } from '#ops/live-audit/run.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from './a-log.ts';

/** A log that runs, real witnesses, and an auditor with the rights of reading only; the attacker is PostgreSQL's superuser. */
const database = await useDatabase();
const log = await useLog(database);
const notary = await log.open();
const superuser = database.as('superuser');
const home = mkdtempSync('/tmp/countersign-audit-');
after(() => rmSync(home, { recursive: true, force: true }));
const archive = join(home, 'histories');
const deps: AuditDeps = {
  db: database.as('auditor'),
  tiles: openTiles(log.folder),
  findHistory: archivedHistories(archive),
  policy: log.policy,
  verifierKey: generateKeyPairSync('ed25519').publicKey,
  freshSeconds: 900,
  toleranceSeconds: 300,
};

const bad = (findings: readonly Finding[]): string =>
  findings
    .filter(({ verdict }) => verdict === 'fail' || verdict === 'incomplete')
    .map(({ said }) => said)
    .join('; ');
const anew = (held?: Position['held']) => pass(deps, startOver(held));

/** Does something to the log as its superuser, says what the auditor sees of it, and puts it back. */
async function seen(attack: string, undo: string): Promise<string> {
  await superuser.$executeRawUnsafe(attack);
  const { findings } = await anew();
  await superuser.$executeRawUnsafe(undo);
  assert.equal(exitCode(findings), 1, bad(findings));
  return bad(findings);
}

test('an honest log is sound, at the first look and as it grows over partial and full tiles', async () => {
  let position = startOver(undefined);
  for (const count of [3, 1, 260, 40]) {
    await log.write(count);
    await log.settle(notary);
    const looked = await pass(deps, position);
    assert.equal(exitCode(looked.findings), 0, bad(looked.findings));
    ({ position } = looked);
  }
  assert.equal(position.held?.size, 304n);
  assert.equal(exitCode((await anew(position.held)).findings), 0);
});

test('a leaf that was changed, removed or put in another place is named', async () => {
  const index = 100;
  const at = `(SELECT leaf_id FROM log_entry WHERE index = ${index})`;
  const change = (from: string, to: string): string => `UPDATE leaf SET body = replace(body, '${from}', '${to}') WHERE id = ${at}`;
  const outcome = (word: string): string => `"outcome":"${word}"`;
  assert.match(
    await seen(change(outcome('success'), outcome('denied')), change(outcome('denied'), outcome('success'))),
    /leaf 100 is not the one/,
  );
  await superuser.$executeRawUnsafe(`CREATE TABLE kept AS SELECT * FROM leaf WHERE id = ${at}`);
  assert.match(await seen(`DELETE FROM leaf WHERE id = ${at}`, 'INSERT INTO leaf SELECT * FROM kept'), /leaf 100 is gone/);
  const swap = `UPDATE log_entry SET leaf_id = (CASE index WHEN 7 THEN (SELECT leaf_id FROM log_entry WHERE index = 9) ELSE (SELECT leaf_id FROM log_entry WHERE index = 7) END) WHERE index IN (7, 9)`;
  await superuser.$executeRawUnsafe(
    'ALTER TABLE log_entry DROP CONSTRAINT IF EXISTS log_entry_leaf_id_key; DROP INDEX IF EXISTS log_entry_leaf_id_key',
  );
  assert.match(await seen(swap, swap), /leaf 7 is not the one.*leaf 9 is not the one/);
});

test('a name that somebody wrote over another is found, and one that was erased is not', async () => {
  const personal = (name: string): Promise<string> =>
    database.as('worker').$transaction((tx) => appendLeaf(tx, { type: 'audit.read', outcome: 'success', personal: { name } }, 'test'));
  await personal('Ada Example');
  await personal('Ben Example');
  await log.settle(notary);
  assert.equal(exitCode((await anew()).findings), 0);
  const rename = (from: string, to: string): string => `UPDATE opening SET value = '${to}' WHERE value = '${from}'`;
  assert.match(await seen(rename('Ada Example', 'Eve Example'), rename('Eve Example', 'Ada Example')), /the opening of .* does not fit/);
  await superuser.$executeRawUnsafe(`DELETE FROM opening WHERE value = 'Ben Example'`);
  assert.equal(exitCode((await anew()).findings), 0);
});

test('an archived history that was changed or taken away is found when it is new, and in the whole archive when all is looked at', async () => {
  const run = randomUUID();
  const file = historyFile(archive, run);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '{"events":[]}');
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const before = await anew();
  await database
    .as('worker')
    .$transaction((tx) => appendLeaf(tx, { type: 'history.sealed', outcome: 'success', run, do: { run, sha256 } }, 'worker'));
  await log.settle(notary);
  const sound = await pass(deps, before.position);
  assert.equal(exitCode(sound.findings), 0, bad(sound.findings));

  writeFileSync(file, '{"events":[ ]}');
  assert.match(bad((await pass(deps, before.position)).findings), /is not the one that was sealed/);
  assert.equal(exitCode((await anew(sound.position.held)).findings), 0, 'what was sealed before is left to the look at everything');
  assert.match((await auditOnce(deps, { heldFile: join(home, 'whole.note') })).text, /FAIL.*\n?.*is not the one that was sealed/);
  rmSync(file);
  const gone = await pass(deps, before.position, 'whole');
  assert.match(bad(gone.findings), /is not in the archive: put it back from a backup/);
  assert.equal(exitCode(gone.findings), 2);
  writeFileSync(file, '{"events":[]}');
});

test('a log that was put back to an older state, with its own signed checkpoint, is found by what the auditor holds', async () => {
  const old = join(home, 'old.note');
  copyFileSync(join(log.folder, 'checkpoint'), old);
  await log.write(5);
  await log.settle(notary);
  const { position } = await anew();
  const current = readFileSync(join(log.folder, 'checkpoint'));
  writeFileSync(join(log.folder, 'checkpoint'), readFileSync(old));
  const { findings, position: kept } = await pass(deps, position);
  writeFileSync(join(log.folder, 'checkpoint'), current);
  assert.match(bad(findings), /it was put back/);
  assert.equal(kept, position, 'what was believed stays');
});

test('a write that a worker recorded without an intent, and a gap in a reset, are found by the replay', async () => {
  const reset = randomUUID();
  const write = (type: 'write.started' | 'intent'): Promise<string> =>
    database
      .as('worker')
      .$transaction((tx) => appendLeaf(tx, { type, outcome: 'started', reset, run: randomUUID(), do: { ordinal: 1 } }, 'writer-staff'));
  await write('write.started');
  await log.settle(notary);
  const first = await anew();
  assert.match(bad(first.findings), /without an intent/);
  await write('intent');
  await log.settle(notary);
  const id = `(SELECT id FROM leaf WHERE reset_id = '${reset}' AND type = 'write.started')`;
  await superuser.$executeRawUnsafe(`UPDATE leaf SET reset_id = NULL WHERE id = ${id}`);
  assert.match(bad((await anew()).findings), /leaf 1 of it is missing/);
  await superuser.$executeRawUnsafe(`UPDATE leaf SET reset_id = '${reset}' WHERE body LIKE '%reset/${reset}%'`);
});

test('witnesses that are away and a notary that stands still are alarms, not silence', async () => {
  const stale = await pass({ ...deps, freshSeconds: -1 }, startOver(undefined));
  assert.match(bad(stale.findings), /s ago/);
  await log.write(2);
  assert.match(bad((await pass({ ...deps, freshSeconds: 0 }, startOver(undefined))).findings), /2 leaves wait/);
  await log.settle(notary);
});

test('a look of the command ends with the verdict, keeps what it believed, and the next one begins there', async () => {
  const heldFile = join(home, 'held', 'audited.note');
  const { code, text } = await auditOnce(deps, { heldFile });
  assert.equal(code, 1, 'the write without an intent is still in this log');
  assert.match(text, /^PASS/m);
  assert.match(readFileSync(heldFile, 'utf8'), /^log\.bank\.test\/evidence\n/);
});

test('the audit that goes on raises each alarm once, hands it to the program, counts it, and says when it is over', async () => {
  const lines = join(home, 'alarms.jsonl');
  const metricsFile = join(home, 'audit.prom');
  const stop = new AbortController();
  let looks = 0;
  const tiles = openTiles(log.folder);
  const counted: AuditDeps = {
    ...deps,
    tiles: {
      ...tiles,
      checkpoint() {
        looks++;
        if (looks === 3) stop.abort();
        if (looks === 2) throw new Error('the disk of the log is away');
        return tiles.checkpoint();
      },
    },
  };
  const options = { heldFile: join(home, 'on.note'), everySeconds: 0.001, anewSeconds: 3600, onAlarm: `cat >> ${lines}`, metricsFile };
  await auditOn(counted, options, stop.signal);
  const alarms = readFileSync(lines, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; said?: string; over?: string });
  assert.deepEqual(
    alarms.map(({ level }) => level),
    ['error', 'warn', 'info'],
  );
  assert.match(alarms[0]?.said ?? '', /without an intent/);
  assert.match(alarms[1]?.said ?? '', /the disk of the log is away/);
  assert.match(alarms[2]?.over ?? '', /can read/);
  assert.match(readFileSync(metricsFile, 'utf8'), /^countersign_audit_failed_checks [01]$/m);
});
