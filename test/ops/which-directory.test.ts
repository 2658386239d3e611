import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { rememberDirectory, requireSameDirectory } from '#ops/setup/which-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-which-'));
after(() => rmSync(folder, { recursive: true }));
const stateNamed = (name: string): string => {
  mkdirSync(join(folder, name));
  return join(folder, name);
};
const put = (state: string, file: string) => {
  mkdirSync(join(state, file, '..'), { recursive: true });
  writeFileSync(join(state, file), '[]');
};

test('a new state folder takes either', () => {
  requireSameDirectory(join(folder, 'none'), undefined);
  requireSameDirectory(stateNamed('new'), 'bank.yaml');
});

test('a state folder of your own directory starts with it again, and a plain start says how', () => {
  const state = stateNamed('own');
  rememberDirectory(state, join(folder, 'bank.yaml'));
  requireSameDirectory(state, join(folder, 'bank.yaml'));
  assert.throws(() => requireSameDirectory(state, undefined), {
    name: 'Error',
    message: `${state} was set up with your own directory. Start it with npm start -- --directory ${join(folder, 'bank.yaml')}, or begin again with the demo bank: npm start -- --fresh.`,
  });
});

test('one that was set up before paths were remembered is known by what it holds', () => {
  const state = stateNamed('older');
  put(state, 'worker/settings.json');
  assert.throws(() => requireSameDirectory(state, undefined), /--directory <settings file>/);
});

test('a state folder of the demo bank starts plainly, and refuses another directory', () => {
  const state = stateNamed('demo');
  put(state, 'worker/settings.json');
  put(state, 'demo/people.json');
  rememberDirectory(state, undefined);
  requireSameDirectory(state, undefined);
  assert.throws(() => requireSameDirectory(state, 'bank.yaml'), /was set up with the demo bank\. .* --fresh --directory bank\.yaml/);
});
