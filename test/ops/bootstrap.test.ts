import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '#ops/paths.ts';
import { runCommand } from '#ops/run-command.ts';

/** A checkout without packages, in which npm is whatever the test says. */
const checkout = mkdtempSync(join(tmpdir(), 'countersign-bootstrap-'));
after(() => rmSync(checkout, { recursive: true }));
mkdirSync(join(checkout, 'ops'));
mkdirSync(join(checkout, 'bin'));
cpSync(join(root, 'ops/bootstrap.mjs'), join(checkout, 'ops/bootstrap.mjs'));
cpSync(join(root, 'ops/setup/generate-client.mjs'), join(checkout, 'ops/setup/generate-client.mjs'));
symlinkSync(process.execPath, join(checkout, 'bin/node'));
const manifest = { dependencies: { thing: '1.0.0' } };
writeFileSync(join(checkout, 'package.json'), JSON.stringify(manifest));
writeFileSync(
  join(checkout, 'package-lock.json'),
  JSON.stringify({ packages: { '': manifest, 'node_modules/thing': { version: '1.0.0' } } }),
);

function npmSays(text: string): void {
  writeFileSync(join(checkout, 'bin/npm'), `#!/bin/sh\necho '${text}' >&2\nexit 1\n`, { mode: 0o755 });
}

async function refusal(): Promise<string> {
  const said = await runCommand(join(checkout, 'bin/node'), [join(checkout, 'ops/bootstrap.mjs'), 'doctor'], {
    env: { PATH: join(checkout, 'bin') + ':/bin' },
  });
  assert.equal(said.code, 1);
  assert.doesNotMatch(said.stderr, /\n\s+at /, 'never a stack trace');
  return said.stderr.trim();
}

test('no network, a full disk and a folder that cannot be written are a sentence each', async () => {
  npmSays('npm error code ENOTFOUND');
  assert.match(await refusal(), /^The npm registry cannot be reached\..*run the same command again/);
  npmSays('npm error ENOSPC: no space left on device');
  assert.match(await refusal(), /^The disk is full\. Free 2 GB/);
  npmSays('npm error EACCES: permission denied');
  assert.match(await refusal(), /cannot be written\. Run as the owner of this folder\.$/);
  npmSays('npm error EINTEGRITY');
  assert.match(await refusal(), /^A package differs from the lock file\./);
});

test('a machine without npm is told how to get it', async () => {
  rmSync(join(checkout, 'bin/npm'), { force: true });
  const said = await runCommand(join(checkout, 'bin/node'), [join(checkout, 'ops/bootstrap.mjs'), 'doctor'], {
    env: { PATH: join(checkout, 'bin') },
  });
  assert.match(said.stderr, /^npm is not installed\. Install it with `apt-get install npm`/);
});

test('a lock file that does not belong to package.json is refused before anything is installed', async () => {
  writeFileSync(join(checkout, 'package.json'), JSON.stringify({ dependencies: { thing: '2.0.0' } }));
  assert.match(await refusal(), /^package\.json and package-lock\.json disagree/);
  writeFileSync(join(checkout, 'package.json'), JSON.stringify(manifest));
});

test('a Node that is too old is named with the one that is needed', async () => {
  const old = await runCommand(process.execPath, [
    '--import',
    `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.19.0'})`,
    join(checkout, 'ops/bootstrap.mjs'),
    'start',
  ]);
  assert.equal(old.code, 1);
  assert.match(old.stderr, /^This is Node 18\.19\.0; Countersign needs 20\.11 or newer/);
});
