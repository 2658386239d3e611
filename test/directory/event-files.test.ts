import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { readOn, type Position } from '#activities/events/follow-file.ts';
import { readSambaLine } from '#activities/events/samba-line.ts';

/** Files of events that grow, are put away, emptied and lied into. */
const folder = mkdtempSync('/tmp/countersign-events-');
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const aFile = (content = ''): string => {
  const file = join(folder, `events-${(files += 1)}.json`);
  writeFileSync(file, content);
  return file;
};

/** Reads to the end, as a turn does. */
async function rest(file: string, from?: Position): Promise<{ lines: string[]; next: Position; gaps: number }> {
  const lines: string[] = [];
  let [at, gaps, more] = [from, 0, true];
  while (more) {
    const piece = await readOn(file, at);
    lines.push(...piece.lines);
    [at, gaps, more] = [piece.next, gaps + Number(piece.gap), piece.more];
  }
  return { lines, next: at!, gaps };
}

test('a line is read when its end is there, and once', async () => {
  const file = aFile('one\ntw');
  const first = await rest(file);
  assert.deepEqual(first.lines, ['one']);
  appendFileSync(file, 'o\nthree\n');
  const second = await rest(file, first.next);
  assert.deepEqual([second.lines, second.gaps], [['two', 'three'], 0]);
  assert.deepEqual((await rest(file, second.next)).lines, []);
});

test('what was left of a file that was put away is read before the new one', async () => {
  for (const ending of ['.old', '.1']) {
    const file = aFile('one\n');
    const { next } = await rest(file);
    appendFileSync(file, 'two\n');
    renameSync(file, `${file}${ending}`);
    writeFileSync(file, 'three\n');
    const read = await rest(file, next);
    assert.deepEqual([read.lines, read.gaps], [['two', 'three'], 0], ending);
  }
});

test('a file that was put away too often, emptied in place, or made anew over the same inode is begun anew, and counted as a gap', async () => {
  const gone = aFile('one\n');
  const before = await rest(gone);
  rmSync(gone);
  writeFileSync(gone, 'two and more\n');
  const anew = await rest(gone, before.next);
  assert.deepEqual([anew.lines, anew.gaps], [['two and more'], 1]);

  const emptied = aFile('one\n');
  const seen = await rest(emptied);
  truncateSync(emptied);
  appendFileSync(emptied, 'a longer one than before\n');
  const refilled = await rest(emptied, seen.next);
  assert.deepEqual([refilled.lines, refilled.gaps], [['a longer one than before'], 1]);
});

test('whenever it is read, grows and is put away, each line comes once and in order', async () => {
  const steps = fc.array(fc.constantFrom('write', 'half', 'read', 'put away'), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const file = aFile();
      const [written, read]: [string[], string[]] = [[], []];
      let [at, half, unread] = [undefined as Position | undefined, '', false];
      const end = (): void => {
        if (half === '') return;
        appendFileSync(file, '!\n');
        written.push(`${half}!`);
        half = '';
      };
      for (const step of [...todo, 'read']) {
        if (step === 'write') {
          end();
          written.push(`line ${written.length}`);
          appendFileSync(file, `${written.at(-1)}\n`);
        } else if (step === 'half' && half === '') {
          half = `half ${written.length}`;
          appendFileSync(file, half);
        } else if (step === 'put away' && at !== undefined && !unread) {
          // Samba ends its line before it puts a file away, and nobody puts two away between two looks.
          end();
          renameSync(file, `${file}.old`);
          writeFileSync(file, '');
          unread = true;
        } else if (step === 'read') {
          const piece = await rest(file, at);
          read.push(...piece.lines);
          [at, unread] = [piece.next, false];
        }
      }
      assert.deepEqual(read, written);
    }),
    { numRuns: 60 },
  );
});

test('a line without an end costs a mebibyte a piece and hides nothing behind it', async () => {
  const file = aFile(`${'x'.repeat(2_500_000)}\nafter it\n`);
  const { lines } = await rest(file);
  assert.equal(lines.at(-1), 'after it');
  assert.ok(lines.every((line) => line.length <= 1 << 20));
  assert.equal(statSync(file).size, 2_500_010);
});

const password = (over: object = {}): string =>
  JSON.stringify({
    timestamp: '2031-05-06T07:08:09.123456+0000',
    type: 'passwordChange',
    passwordChange: {
      version: { major: 1, minor: 1 },
      eventId: 4724,
      statusCode: 0,
      status: 'Success',
      remoteAddress: 'ipv4:192.0.2.7:49300',
      userSid: 'S-1-5-21-1-2-3-500',
      dn: 'CN=Ada West,OU=Staff,DC=example,DC=bank',
      action: 'Reset',
      ...over,
    },
  });
const failure = (over: object = {}): string =>
  JSON.stringify({
    timestamp: '2031-05-06T07:08:09.5+0200',
    type: 'Authentication',
    Authentication: {
      status: 'NT_STATUS_WRONG_PASSWORD',
      remoteAddress: 'ipv6:2001:db8::7:49300',
      authDescription: 'NTLMv2',
      mappedAccount: 'ada.west',
      workstation: '\\\\TELLER-7',
      ...over,
    },
  });

test('lines as Samba writes them are read, with its indentation', () => {
  assert.deepEqual(readSambaLine(`  ${password()}`), {
    kind: 'password',
    at: new Date('2031-05-06T07:08:09.123Z'),
    action: 'reset',
    dn: 'CN=Ada West,OU=Staff,DC=example,DC=bank',
    actor: 'S-1-5-21-1-2-3-500',
    from: '192.0.2.7',
  });
  assert.deepEqual(readSambaLine(failure()), {
    kind: 'failed',
    at: new Date('2031-05-06T05:08:09.500Z'),
    account: 'ada.west',
    from: '2001:db8::7',
    workstation: 'TELLER-7',
  });
});

test('what is about nothing that is kept is nothing', () => {
  for (const line of [
    password({ statusCode: 19, status: 'Constraint violation' }),
    failure({ status: 'NT_STATUS_OK' }),
    failure({ status: 'NT_STATUS_NO_SUCH_USER', mappedAccount: null }),
    failure({ mappedAccount: null }),
    '{"timestamp": "2031-05-06T07:08:09.1+0000", "type": "dsdbChange", "dsdbChange": {}}',
    '[2031/05/06 07:08:09.5,  3] ../../auth/ntlm.c:1(check)',
    `  user said ${password()}`,
    '',
  ])
    assert.equal(readSambaLine(line), 'nothing', line);
});

test('hostile lines are refused, and whatever else somebody names themselves is unknown', () => {
  for (const line of [
    '{',
    '{"timestamp"',
    '{"timestamp": "yesterday", "type": "passwordChange"}',
    '{"timestamp": "2031-99-06T07:08:09.1+0000", "type": "passwordChange", "passwordChange": {}}',
    password({ userSid: 'S-1-5-21; DROP TABLE alarm' }),
    password({ action: 'Forget' }),
    password({ dn: 'CN=x'.repeat(2000) }),
    password({ dn: null }),
    failure({ workstation: 7 }),
    '{"type": "passwordChange"}',
  ])
    assert.equal(readSambaLine(line), 'refused', line);
  const odd = readSambaLine(failure({ workstation: 'a\u0007b', remoteAddress: 'unix:' }));
  assert.ok(typeof odd === 'object' && odd.kind === 'failed' && odd.workstation === null && odd.from === null);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((name) => failure({ workstation: name, mappedAccount: name })),
      ),
      (line) => {
        readSambaLine(line);
      },
    ),
  );
});
