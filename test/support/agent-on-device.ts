import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '#ops/paths.ts';
import type { CommandResult } from '#ops/run-command.ts';
import type { DevicePortal } from './device-portal.ts';
import type { MemberDevice } from './member-device.ts';

/** The agent of one device. */
export interface AgentOnDevice {
  /** What it logged, a line an event. */
  log: () => Record<string, unknown>[];
  /** Starts it, and returns when it listens to the portal, unless that is not waited for. */
  start: (options?: { untilListening: boolean }) => Promise<void>;
  /** kill -9. */
  kill: () => Promise<void>;
  /** Resolves when it ended, by whomever. */
  ended: () => Promise<void>;
  isRunning: () => boolean;
  /** Runs another of its verbs. */
  verb: (verb: string, input?: string) => Promise<CommandResult>;
  memory: () => { tasks: Record<string, { stage: string }>; outbox: unknown[]; portalState: string; device: string };
}

export const STATE = '/var/lib/countersign-device';
/** The words with which it is started from its sources. */
export const AGENT: readonly string[] = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'device-agent/main.ts')];
const SETTINGS = '/etc/countersign-device/settings.json';

/** Puts the agent on a device, not enrolled yet: its settings, and the portal's authority. */
export function agentOn(
  device: MemberDevice,
  portal: Pick<DevicePortal, 'url'>,
  caPem: string,
  command?: readonly string[],
  more: { sealedHash?: boolean } = {},
): AgentOnDevice {
  const program = command ?? AGENT;
  device.write('/etc/countersign-device/portal-ca.pem', caPem);
  device.write(SETTINGS, JSON.stringify({ portal: portal.url, ...more }), 0o600);
  let child: ChildProcess | undefined;
  let said = '';
  const own: AgentOnDevice = {
    log: () =>
      said
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async start({ untilListening } = { untilListening: true }) {
      const before = said.length;
      child = device.start([...program, 'run']);
      const started = new Promise<void>((resolve, reject) => {
        child?.stdout?.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (said.slice(before).includes(untilListening ? '"listening"' : '"started"')) resolve();
        });
        child?.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
        child?.once('exit', (code) => reject(new Error(`the agent ended: ${code} ${said.slice(before)}`)));
      });
      await started;
    },
    async kill() {
      const [pid] = device.read(`${STATE}/agent.pid`).split(' ');
      await device.run(['kill', '-KILL', String(pid)]);
      await own.ended();
    },
    async ended() {
      if (own.isRunning() && child) await once(child, 'exit');
    },
    isRunning: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    verb: (verb, input = '') => device.run([...program, verb], { input }),
    memory: () => JSON.parse(device.read(`${STATE}/memory.json`)) as ReturnType<AgentOnDevice['memory']>,
  };
  return own;
}
