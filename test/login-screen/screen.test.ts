import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { ReadStream, WriteStream } from 'node:tty';
import { type Left, Screen } from '#device-agent/terminal/screen.ts';

/** A terminal with a person of this test before it. */
function before(idle?: { warn: number; end: number }) {
  const keys = Object.assign(new EventEmitter(), { raw: false, setRawMode: (raw: boolean) => (keys.raw = raw), pause: () => undefined });
  const paper = Object.assign(new EventEmitter(), { text: '', write: (text: string) => (paper.text += text) });
  // As much of the two streams as the screen uses.
  const screen = new Screen(keys as unknown as ReadStream, paper as unknown as WriteStream, idle);
  return { keys, paper, screen, type: (text: string) => keys.emit('data', Buffer.from(text)) };
}

test('what is typed is shown as it is typed, and what is secret is not, nor how long it is', async () => {
  const { paper, screen, type } = before();
  const name = screen.ask({ label: 'Your account name' });
  type('alix\u007fce\r');
  assert.equal(await name, 'alice');
  assert.ok(paper.text.endsWith('Your account name: alix\b \bce\r\n'));
  const secret = screen.ask({ label: 'New password', unseen: true });
  type('Kiesek\u007fl-Zaun\r');
  assert.equal(await secret, 'Kiesel-Zaun');
  assert.ok(paper.text.endsWith('New password: \r\n'));
});

test('what was typed before a question answers nothing, so an early password is never shown by a later question', async () => {
  const { paper, screen, type } = before();
  type('my secret\rmore');
  const name = screen.ask({ label: 'Your account name' });
  type('alice\rmy secret\rmore of it');
  assert.equal(await name, 'alice');
  const again = screen.ask({ label: 'Your account name' });
  type('bob\r');
  assert.equal(await again, 'bob');
  assert.doesNotMatch(paper.text, /secret|more/);
});

test('whoever walks away is asked whether they are there, and any key keeps the question', async () => {
  const idle = { warn: 60, end: 120 };
  const gone = before(idle);
  await assert.rejects(gone.screen.ask({ label: 'Your code', unseen: true }), (error: Left) => error.why === 'nobody-there');
  assert.match(gone.paper.text, /Are you still there\?/);

  const there = before(idle);
  const answer = there.screen.ask({ label: 'Your code' });
  const keys = setInterval(() => there.type('x'), 20);
  const over = await Promise.race([answer.catch(() => 'left'), new Promise((resolve) => setTimeout(resolve, 400, 'still asked'))]);
  clearInterval(keys);
  assert.equal(over, 'still asked');
  there.type('\r');
  assert.match((await answer) ?? '', /^x+$/);
});

test('a terminal that hangs up ends the visit, and nothing more is written to it', async () => {
  const { keys, paper, screen } = before();
  const answer = screen.ask({ label: 'Your code' });
  keys.emit('end');
  await assert.rejects(answer, (error: Left) => error.why === 'hung-up');
  const { length } = paper.text;
  screen.say('Nobody reads this.');
  screen.wipe('xterm');
  assert.equal(paper.text.length, length);
  await assert.rejects(screen.ask({ label: 'Your code' }), (error: Left) => error.why === 'hung-up');
});

test('at the end a terminal that can forget is told to, and any other is scrolled past what it showed', () => {
  for (const [term, end] of [
    ['linux', '\u001b[H\u001b[2J\u001b[3J'],
    ['xterm-256color', '\u001b[H\u001b[2J\u001b[3J'],
    ['dumb', '\r\n'.repeat(100)],
    ['', '\r\n'.repeat(100)],
    [undefined, '\r\n'.repeat(100)],
    ['\u001b[31m', '\r\n'.repeat(100)],
  ] as const) {
    const { keys, paper, screen } = before();
    assert.equal(keys.raw, true);
    screen.wipe(term);
    assert.equal(paper.text, end, String(term));
    assert.equal(keys.raw, false, 'the terminal is as it was');
  }
});
