import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '#ops/paths.ts';
import { sealNamespace, type SealedNamespace } from './sealed-namespace.ts';

/**
 * The whole product, first start included, in a network whose only way out is counted: nothing may ever be sent there,
 * not even a look-up of a name. The browser comes last, so that what it sends by itself could not be taken for the product's.
 */
let sealed: SealedNamespace;
let state: string;
let runFile: string;
let stack: ChildProcess;
const node = ['--disable-warning=ExperimentalWarning'];

before(async () => {
  state = mkdtempSync('/tmp/countersign-sealed-');
  sealed = await sealNamespace(`countersign-${process.pid}`);
  assert.equal(sealed.packetsOut(), 0, 'an empty namespace is silent');
  stack = sealed.spawn(
    process.execPath,
    [...node, join(root, 'ops/countersign.ts'), 'stack', '--state', state],
    ['pipe', 'pipe', 'inherit'],
  );
  const { stdout } = stack;
  assert.ok(stdout);
  runFile = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => resolve((JSON.parse(line) as { run: string }).run));
    stack.once('exit', (code) => reject(new Error(`the stack did not start without a network (exit code ${code}); its words are above`)));
  });
});
after(async () => {
  if (stack && stack.exitCode === null) {
    const ended = new Promise((resolve) => stack.once('exit', resolve));
    stack.stdin?.end();
    await ended;
  }
  await sealed?.remove();
  rmSync(state, { recursive: true, force: true });
});

/** Runs one of the visits inside and resolves when it ended well. */
async function visit(script: string): Promise<void> {
  const child = sealed.spawn(
    'env',
    [`COUNTERSIGN_TEST_RUN=${runFile}`, process.execPath, ...node, fileURLToPath(new URL(script, import.meta.url))],
    ['ignore', 'inherit', 'inherit'],
  );
  const code = await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
  assert.equal(code, 0, `${script} ended with ${String(code)}; its words are above`);
}

function assertSilent(when: string): void {
  assert.equal(sealed.packetsOut(), 0, `packets were sent ${when}, to: ${sealed.destinations().join('; ')}`);
}

test('set-up, start, a sign-in and a whole reset send nothing to any network', async () => {
  assertSilent('by set-up and start');
  await visit('visit-by-http.ts');
  assertSilent('by a sign-in and a reset');
});

test('pages of portal and console in a browser ask for nothing of another origin', async () => {
  await visit('visit-by-browser.ts');
  assertSilent('with the browser');
});

test('the counter would have seen it: a packet by IPv4, one by IPv6, and the look-up of a name', async () => {
  const send = (kind: 'udp4' | 'udp6', to: string): string =>
    `require('dgram').createSocket('${kind}').send('x', 9, '${to}', function () { process.exit(); })`;
  for (const script of [send('udp4', '198.51.100.7'), send('udp6', '2001:db8::7'), `require('dns').lookup('bank.example', () => {})`]) {
    const before = sealed.packetsOut();
    const child = sealed.spawn(process.execPath, ['-e', script], 'inherit');
    await new Promise((resolve) => child.once('exit', resolve));
    assert.ok(sealed.packetsOut() > before, script);
  }
});
