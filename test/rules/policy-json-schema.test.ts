import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { policyJsonSchema } from '#prisma/policy-schema.ts';

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(policyJsonSchema());
const demo = (): Record<string, unknown> => parse(readFileSync(demoPolicyFile, 'utf8')) as Record<string, unknown>;

test('the published schema takes the demo bank’s document and refuses what the product refuses by its shape', () => {
  assert.ok(validate(demo()), JSON.stringify(validate.errors));
  const broken: [string, (policy: Record<string, unknown>) => void][] = [
    ['no rules', (policy) => (policy['rules'] = [])],
    ['an unknown setting', (policy) => (policy['grace'] = '1h')],
    ['a duration without a unit', (policy) => ((policy['timers'] as Record<string, unknown>)['unproven'] = 10)],
    ['a subtree that is none', (policy) => (policy['serves'] = ['Staff'])],
    [
      'a proof nobody has',
      (policy) => ((policy['rules'] as { accept: { proofs: string[] }[] }[])[0]!.accept[0]!.proofs = ['mothers-name']),
    ],
  ];
  for (const [what, breakIt] of broken) {
    const policy = demo();
    breakIt(policy);
    assert.ok(!validate(policy), what);
  }
});
