import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A network of its own whose only way out is counted and leads nowhere. */
export interface SealedNamespace {
  /** Packets that anything in it has tried to send to anywhere but this machine. */
  packetsOut: () => number;
  /** Where they were to go, each destination once. For words only: the count is the kernel's. */
  destinations: () => string[];
  /** Starts a command in it. The environment is that of the test without what ties it to the test's own stack. */
  spawn: (command: string, args: readonly string[], stdio: StdioOptions) => ChildProcess;
  /** Ends what still runs in it, and takes it away. */
  remove: () => Promise<void>;
}

const watchLink = fileURLToPath(new URL('watch-link.py', import.meta.url));
const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/**
 * Makes a network namespace with loopback and one link, over which default routes for IPv4 and IPv6 and the only name
 * server lead, so that a look-up is counted like any other packet. The link says nothing by itself: no ARP, no
 * multicast, no addresses made up by IPv6 (its other end swallows everything; a veth pair, since not every kernel has dummy).
 */
export async function sealNamespace(name: string): Promise<SealedNamespace> {
  const inside = (...args: string[]): string => ip('-n', name, ...args);
  const configuration = join('/etc/netns', name);
  mkdirSync(configuration, { recursive: true });
  writeFileSync(join(configuration, 'resolv.conf'), 'nameserver 10.86.0.1\noptions timeout:1 attempts:1\n');
  ip('netns', 'add', name);
  inside('link', 'set', 'lo', 'up');
  inside('link', 'add', 'out0', 'type', 'veth', 'peer', 'name', 'sink0');
  for (const link of ['sink0', 'out0']) {
    inside('link', 'set', link, 'addrgenmode', 'none');
    inside('link', 'set', link, 'arp', 'off', 'multicast', 'off');
    inside('link', 'set', link, 'up');
  }
  inside('addr', 'add', '10.86.0.2/24', 'dev', 'out0');
  inside('route', 'add', 'default', 'via', '10.86.0.1');
  inside('addr', 'add', 'fd86::2/64', 'dev', 'out0', 'nodad');
  inside('-6', 'route', 'add', 'default', 'dev', 'out0');

  const spawnInside = (command: string, args: readonly string[], stdio: StdioOptions): ChildProcess => {
    const env = { ...process.env };
    for (const tie of ['OWN_MOUNTS', 'TEST_RUN', 'TEST_FOLDER', 'STATE']) delete env[`COUNTERSIGN_${tie}`];
    delete env['NODE_TEST_CONTEXT'];
    return spawn('ip', ['netns', 'exec', name, command, ...args], { stdio, env });
  };
  const seen = new Set<string>();
  const watcher = spawnInside('python3', [watchLink, 'sink0'], ['ignore', 'pipe', 'inherit']);
  await new Promise<void>((resolve) => {
    if (watcher.stdout) createInterface({ input: watcher.stdout }).on('line', (line) => (line === 'watching' ? resolve() : seen.add(line)));
  });
  const pids = (): number[] => ip('netns', 'pids', name).split('\n').filter(Boolean).map(Number);
  return {
    spawn: spawnInside,
    destinations: () => [...seen],
    packetsOut() {
      const [link] = JSON.parse(inside('-s', '-j', 'link', 'show', 'out0')) as { stats64: { tx: { packets: number; dropped: number } } }[];
      assert.ok(link, 'the counted link is there');
      return link.stats64.tx.packets + link.stats64.tx.dropped;
    },
    async remove() {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        for (const pid of pids()) tell(pid, signal);
        for (let waited = 0; waited < 5000 && pids().length > 0; waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // Deleting a namespace ends later; its link would still be there for the next one.
      inside('link', 'del', 'out0');
      ip('netns', 'del', name);
      rmSync(configuration, { recursive: true, force: true });
    },
  };
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the listing and the signal.
  }
}
