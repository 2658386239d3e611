import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#ops/stack/ports.ts';
import type { KeyPairFiles } from './certificates.ts';
import { ended } from './oracle.ts';

/** What rsyslog understood of one message (its properties, and mmpstrucdata's reading of the structured data, with names in lower case). */
export interface Understood {
  pri: string;
  time: string;
  hostname: string;
  app: string;
  procid: string;
  msgid: string;
  msg: string;
  sd: Record<string, Record<string, string>>;
}

/** A real rsyslogd with a configuration, a port and a folder of its own; never the system's service. */
export interface Rsyslog {
  port: number;
  start(): Promise<void>;
  /** KILL loses what rsyslogd had not written; TERM lets it finish. Resolves when it is gone. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  received(): Understood[];
}

export interface RsyslogOptions {
  folder: string;
  ca: string;
  own: KeyPairFiles;
  /** The name that a forwarder's certificate must have; without it any forwarder is let in. */
  peer?: string;
  /** How long each message waits in memory until it is written: what a kill then loses. */
  delayMs?: number;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function aRsyslog(options: RsyslogOptions): Promise<Rsyslog> {
  const { folder } = options;
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const [out, config, said] = ['received.jsonl', 'rsyslog.conf', 'said.log'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(config, configuration({ ...options, port, out, said }));
  let daemon: ChildProcess | undefined;
  return {
    port,
    async start() {
      const child = spawn('/usr/sbin/rsyslogd', ['-n', '-f', config, '-i', join(folder, 'pid')], { stdio: 'ignore', cwd: folder, env: {} });
      daemon = child;
      running.add(child);
      child.once('exit', () => running.delete(child));
      await untilItListens(
        port,
        () => child.exitCode === null && child.signalCode === null,
        () => textOf(said),
      );
    },
    async stop(signal) {
      const child = daemon;
      daemon = undefined;
      if (child) await ended(child, () => child.kill(signal));
    },
    // The last line may not be whole yet.
    received: () =>
      textOf(out)
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Understood),
  };
}

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

const TEXTS = { hostname: 'hostname', app: 'app-name', procid: 'procid', msgid: 'msgid', msg: 'msg' };

function configuration(options: RsyslogOptions & { port: number; out: string; said: string }): string {
  const { folder, ca, own, peer, delayMs, port, out, said } = options;
  const queue =
    delayMs === undefined ? '' : ` queue.type="LinkedList" queue.dequeueBatchSize="1" queue.dequeueSlowdown="${delayMs * 1000}"`;
  const texts = Object.entries(TEXTS).map(
    ([name, property]) => `constant(value="\\",\\"${name}\\":\\"") property(name="${property}" format="json")`,
  );
  return [
    `global(workDirectory="${folder}" defaultNetstreamDriver="ossl"`,
    `  defaultNetstreamDriverCAFile="${ca}" defaultNetstreamDriverCertFile="${own.cert}" defaultNetstreamDriverKeyFile="${own.key}")`,
    `module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1"`,
    peer ? `  streamDriver.authMode="x509/name" permittedPeer=["${peer}"])` : '  streamDriver.authMode="anon")',
    'module(load="mmpstrucdata")',
    'template(name="understood" type="list") {',
    'constant(value="{\\"pri\\":\\"") property(name="pri")',
    'constant(value="\\",\\"time\\":\\"") property(name="timereported" dateFormat="rfc3339")',
    ...texts,
    'constant(value="\\",\\"sd\\":") property(name="$!rfc5424-sd") constant(value="}\\n") }',
    `ruleset(name="events"${queue}) {`,
    'action(type="mmpstrucdata")',
    `action(type="omfile" file="${out}" template="understood") }`,
    `input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="events")`,
    `if $syslogtag startswith "rsyslogd" then action(type="omfile" file="${said}")`,
    '',
  ].join('\n');
}

/** Looks at the kernel's table of sockets: a connection that was only tried would be one that rsyslogd lost. */
async function untilItListens(port: number, isRunning: () => boolean, said: () => string): Promise<void> {
  const entry = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  for (const deadline = Date.now() + 20_000; Date.now() < deadline && isRunning();) {
    if (readFileSync('/proc/net/tcp', 'utf8').includes(entry)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`rsyslogd does not listen: ${said()}`);
}
