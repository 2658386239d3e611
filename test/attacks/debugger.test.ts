import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { layout } from '#ops/paths.ts';
import { until } from '#test/support/holds.ts';
import { useStack } from '#test/support/stack.ts';

const stack = await useStack();
const OURS = ['worker', 'verifier', 'writer-staff', 'writer-privileged', 'api', 'card-listener', 'notary', 'witness-audit'] as const;

/** Addresses at which a process listens (proc(5), /proc/net/tcp: state 0A). */
function listening(pid: number): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && sockets.has(fields[9] ?? ''))
      .map((fields) => fields[1] ?? ''),
  );
}

for (const part of OURS)
  test(`whoever signals ${part} to open a debugger gets a line in its log, and no port`, async () => {
    const pid = await stack.pid(part);
    assert.ok(pid);
    const before = listening(pid).toSorted();
    process.kill(pid, 'SIGUSR1');
    await until('the signal is logged', () =>
      readFileSync(layout(stack.state).log(part), 'utf8').includes('asked this process for a debugger'),
    );
    assert.equal(await stack.pid(part), pid, 'it goes on');
    assert.deepEqual(listening(pid).toSorted(), before);
  });
