import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '#ops/paths.ts';
import { bundleWorkflows } from '#ops/setup/bundle-workflows.ts';
import { CONSOLE_WORKFLOWS } from '#workflows/messages.ts';

test('each workflow of the console is served by the worker', () => {
  const served = readFileSync(join(root, 'workflows/index.ts'), 'utf8');
  for (const name of Object.values(CONSOLE_WORKFLOWS)) assert.match(served, new RegExp(`\\b${name}\\b`));
});

test('no time zone and no calendar is in the code of the workflows: years later another database would replay another moment', async () => {
  const code = await bundleWorkflows();
  assert.match(code, /gatherApprovals/);
  assert.doesNotMatch(code, /luxon|IANAZone|afterBusinessTime/);
});
