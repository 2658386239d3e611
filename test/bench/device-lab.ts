import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { after, test } from 'node:test';
import { agentOn } from '#test/support/agent-on-device.ts';
import { deviceLab } from '#test/support/device-lab.ts';
import { noticeOf } from '#test/support/device-notice.ts';
import { devicePortal } from '#test/support/device-portal.ts';
import { patiently } from '#test/support/patiently.ts';

/** How long it takes from the write at the controller to "invalidated" of two devices with SSSD. A table, not a gate. */
const ROUNDS = 10;

console.log(
  `${availableParallelism()} cores; load before the run ${(loadavg()[0] ?? 0).toFixed(1)}. A load of its own above 1 makes every figure worse.`,
);
const lab = await deviceLab(['laptop-1', 'laptop-2']);
const portal = await devicePortal(lab.ours, lab.ca);
after(() => portal.stop());
for (const laptop of lab.devices) {
  const agent = agentOn(laptop, portal, lab.ca.certPem);
  assert.equal((await agent.verb('enrol', portal.ticket())).code, 0);
  await agent.start();
}

test('how long it takes from the write to "invalidated" on two devices', async () => {
  let password = lab.bank.passwordOf('alice.moreau');
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const laptop of lab.devices) await patiently(async () => assert.equal(await laptop.login('alice.moreau', password), 'online'));
    password = `Harbour-Lantern-${round}${round}`;
    const began = performance.now();
    const writtenAt = await lab.reset('alice.moreau', password);
    const notices = await Promise.all(
      lab.devices.map((_, at) => noticeOf(lab, { device: portal.device(at), account: 'alice.moreau', writtenAt })),
    );
    for (const notice of notices) portal.tell(notice);
    await Promise.all(
      notices.map(async ({ notice }) => {
        await portal.said(notice, 'invalidated');
        taken.push(performance.now() - began);
      }),
    );
    for (const laptop of lab.devices) assert.equal((await laptop.cached('alice.moreau'))['cachedPassword'], undefined);
  }
  const sorted = taken.toSorted((a, b) => a - b).map(Math.round);
  const at = (share: number): number | undefined => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  console.log(`from the write to "invalidated", ms: p50 ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)}, of ${sorted.length}`);
});
