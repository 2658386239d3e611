import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleWorkflows } from '#ops/setup/bundle-workflows.ts';

test('no time zone and no calendar is in the code of the workflows: years later another database would replay another moment', async () => {
  const code = await bundleWorkflows();
  assert.match(code, /gatherApprovals/);
  assert.doesNotMatch(code, /luxon|IANAZone|afterBusinessTime/);
});
