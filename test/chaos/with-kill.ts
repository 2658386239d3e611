import assert from 'node:assert/strict';
import type { PartName, TestStack } from '#test/support/stack.ts';

/** Sends the request, kills the part while it is on its way, starts it again and repeats the same request until it is answered. */
export async function withKill<T extends { status: number }>(
  stack: TestStack,
  part: PartName,
  delayMs: number,
  request: () => Promise<T>,
): Promise<T> {
  const first = request().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  await stack.kill(part, 'SIGKILL');
  await stack.restart(part);
  const answer = await first;
  if (answer && answer.status < 500) return answer;
  for (let tries = 0; ; tries++) {
    const again = await request().catch(() => undefined);
    if (again && again.status < 500) return again;
    assert.ok(tries < 60, 'the request is never answered');
  }
}
