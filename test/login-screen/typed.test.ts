import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toldBy } from '#device-agent/terminal/answers.ts';
import { isLogin } from '#device-agent/terminal/invocation.ts';
import { Keyboard, type Key } from '#device-agent/terminal/keyboard.ts';
import { plain, spelled, wrapped } from '#device-agent/terminal/plain-text.ts';
import { REFUSALS } from '#domain/refusals.ts';

const keysOf = (text: string | Uint8Array, now = 1000): Key[] => [...new Keyboard().push(Buffer.from(text as string), now)];
const linesOf = (text: string | Uint8Array) => keysOf(text).flatMap((key) => (key.kind === 'line' ? [key.text] : []));

test('a line is what was typed of it, without keys that are no characters', () => {
  assert.deepEqual(linesOf('alice\r'), ['alice']);
  assert.deepEqual(linesOf('alice\r\nbob\n'), ['alice', 'bob'], 'one end of a line, however it is sent');
  assert.deepEqual(linesOf('alix\u007fce\r'), ['alice']);
  assert.deepEqual(linesOf('wrong\u0015alice\r'), ['alice']);
  assert.deepEqual(linesOf('al\u001b[Ai\u001bOPc\u001b[1;5Ce\r'), ['alice'], 'arrows and function keys');
  assert.deepEqual(linesOf('al\u001b]0;title\u0007ice\r'), ['alice'], 'what a terminal answers when asked');
  assert.deepEqual(linesOf('al\0i\u0001ce\u009b\r'), ['alice'], 'NUL and other controls');
  assert.deepEqual(linesOf('Zürich বাংলা 🔑\r'), ['Zürich বাংলা 🔑']);
});

test('an escape that nothing follows is forgotten, and does not eat what is typed later', () => {
  const keyboard = new Keyboard();
  const keys = [...keyboard.push(Buffer.from('\u001b'), 0), ...keyboard.push(Buffer.from('[a\r'), 5000)];
  assert.deepEqual(keys.at(-1), { kind: 'line', text: '[a' });
});

test('what is too long or no UTF-8 is told so and kept nowhere, and the next line is good again', () => {
  assert.deepEqual(
    keysOf(`${'x'.repeat(100_000)}\rgood\r`).filter(({ kind }) => kind !== 'typed'),
    [{ kind: 'too-long' }, { kind: 'line', text: 'good' }],
  );
  for (const bytes of [[0xfc], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xc3], [0xf4, 0x90, 0x80, 0x80]])
    assert.equal(keysOf(Uint8Array.from([97, ...bytes, 13])).at(-1)?.kind, 'not-utf8');
});

test('whatever bytes come, in whatever pieces, no control gets into a line', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (pieces) => {
      const keyboard = new Keyboard();
      for (const [i, piece] of pieces.entries())
        for (const key of keyboard.push(piece, i * 50)) {
          const text = key.kind === 'line' ? key.text : key.kind === 'typed' ? key.letter : '';
          assert.doesNotMatch(text, /\p{Cc}/u);
          assert.ok(text.isWellFormed());
        }
    }),
  );
});

test('whatever the server says is shown in printable ASCII, in lines that fit', () => {
  assert.equal(plain('“my phone” – Zoë Müller…'), '"my phone" - Zoe Muller...');
  assert.equal(plain('safe\u001b[2J\u0007\u202eevil\u009b31m\r\n more'), 'safe [2J evil 31m more');
  assert.equal(spelled('K7Q-2XD'), 'K 7 Q - 2 X D');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      for (const line of wrapped(text, '    ', '  - ')) {
        assert.match(line, /^[ -~]*$/);
        assert.ok(line.length < 80, line);
      }
    }),
  );
  const words = 'one two three '.repeat(40).trim();
  assert.equal(wrapped(words).join(' '), words, 'nothing is lost');
});

test('the account is entered by a login and nothing else', () => {
  const program = '/usr/bin/countersign-login';
  for (const args of [[program], [program, '-c', program], ['/usr/lib/countersign/login-screen', program]])
    assert.equal(isLogin(args), true);
  for (const args of [
    [],
    ['-c', program],
    [program, '-c'],
    [program, '-c', 'id'],
    [program, '-c', `${program} `],
    [program, program],
    [program, '-c', program, 'id'],
    ['/bin/sh', '-c', program],
  ])
    assert.equal(isLogin(args), false, args.join(' '));
});

test('a refusal is read in the words of the pages, with when to come back', () => {
  const detail = REFUSALS['too-many-requests'].words;
  assert.deepEqual(toldBy({ code: 'too-many-requests', detail, retryAfter: 30 })?.lines, [`${detail} Try again in 30 seconds.`]);
  assert.deepEqual(
    toldBy({ code: 'password-refused', detail: REFUSALS['password-refused'].words, reasons: ['common', 'unheard-of'] })?.lines,
    ['It is on the list of passwords that attackers try first.'],
  );
  assert.deepEqual(toldBy({ code: 'of-a-newer-server', detail: 'Something new.' })?.lines, ['Something new.'], 'a newer server says more');
  assert.equal(toldBy('<html>'), undefined);
});
