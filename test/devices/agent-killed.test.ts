import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATE } from '../support/agent-on-device.ts';
import { labWithAgent } from '../support/lab-with-agent.ts';
import { patiently } from '../support/patiently.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const { lab, laptop, portal, agent, notice } = await labWithAgent();

// The device's own ldbmodify: it kills the agent that started it before it does anything, or after it has done all.
const PROGRAM = '/usr/bin/ldbmodify';
const KILL = `kill -KILL "$(cut -d' ' -f1 ${STATE}/agent.pid)"`;
await laptop.must(['cp', PROGRAM, `${PROGRAM}.real`]);
await laptop.must(['rm', PROGRAM]);
laptop.write(
  PROGRAM,
  `#!/bin/sh
if rm /run/kill-before 2>/dev/null; then ${KILL}; exit 1; fi
${PROGRAM}.real "$@" || exit
if rm /run/kill-after 2>/dev/null; then ${KILL}; fi
`,
  0o755,
);

/** Where the agent is killed, and by what. */
const STEPS: [string, string, () => void | Promise<void>][] = [
  ['before "received" is delivered', 'alice.moreau', () => killAt('received')],
  ['before the password is taken away', 'bilal.osman', () => laptop.write('/run/kill-before', '')],
  ['right after it was', 'goran.petrovic', () => laptop.write('/run/kill-after', '')],
  ['before "invalidated" is delivered', 'fatima.noor', () => killAt('invalidated')],
];

function killAt(stage: string): void {
  portal.onAck = async (ack) => {
    if (ack.stage !== stage) return 'take';
    portal.onAck = async () => 'take';
    await agent.kill();
    return 'lose';
  };
}

for (const [where, account, arrange] of STEPS)
  test(`killed ${where} and started again, the agent comes to the same end`, async () => {
    const OLD = lab.bank.passwordOf(account);
    const NEW = 'Harbour-Lantern-41';
    if (!agent.isRunning()) await agent.start();
    await patiently(async () => assert.equal(await laptop.login(account, OLD), 'online'), 180);
    // Without a controller the stale check can repair nothing: it is the notice that is carried out.
    await laptop.vpn(false);
    const reset = await notice(account, await lab.reset(account, NEW));
    await arrange();
    portal.tell(reset);
    await agent.ended();
    await agent.start();
    const { controllerReachable, reason } = await portal.said(reset.notice, 'invalidated');
    assert.deepEqual({ controllerReachable, reason }, { controllerReachable: false, reason: null });
    assert.equal(await laptop.login(account, OLD), 'refused');
    await laptop.vpn(true);
    await patiently(async () => assert.equal(await laptop.login(account, NEW), 'online'), 180);
    await portal.said(reset.notice, 'refreshed');
    assert.deepEqual(portal.stages(reset.notice), ['received', 'invalidated', 'refreshed']);
    assert.deepEqual(agent.memory().tasks, {});
  });
