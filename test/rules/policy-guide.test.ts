import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FLAGS, DOORS } from '#domain/circumstances.ts';
import { root } from '#ops/paths.ts';
import { parseNewPolicy } from '#prisma/policy-text.ts';

const guide = readFileSync(join(root, 'docs/operators-guide.md'), 'utf8');

test('the whole policy in the operator’s guide can be put in force as it is printed, its tests green', () => {
  const [, text = ''] = /^## Writing a policy[^]*?^```yaml\n([^]*?)^```/m.exec(guide) ?? [];
  const policy = parseNewPolicy(text);
  assert.deepEqual(
    policy.rules.map(({ id }) => id),
    ['privileged', 'payments-at-night', 'at-a-branch', 'elsewhere'],
  );
  assert.ok(policy.tests.length >= 3);
});

test('the guide names every flag and every door', () => {
  for (const word of [...FLAGS, ...DOORS]) assert.ok(guide.includes(`\`${word}\``), word);
});
