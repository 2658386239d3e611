import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPolicyFile, putPolicyInForce } from '#ops/setup/policy.ts';
import { demoPolicyWith } from './policies.ts';
import type { TestStack } from './stack.ts';

/** Does something while the demo bank has other rules, and puts its own policy back. A reset keeps the one it began under. */
export async function underPolicy<T>({ state }: TestStack, rules: string, deed: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-policy-'));
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, demoPolicyWith(rules));
  const by = { type: 'service', name: 'test' } as const;
  try {
    await putPolicyInForce(state, file, by);
    return await deed();
  } finally {
    await putPolicyInForce(state, demoPolicyFile, by);
    rmSync(folder, { recursive: true });
  }
}
