import { execFileSync, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

/** One machine on a wire of its own, as far as its processes can see. */
export interface Machine {
  address: string;
  /** What `ip` needs before a command to run it there. Its mounts are its own. */
  there: string[];
  /** Takes its plug out, or puts it back: nobody is told, nothing is reset. */
  plug: (isIn: boolean) => void;
}

export interface Wire<Machines = Machine[]> {
  machines: Machines;
  /** Where this machine stands on the bridge. */
  ours: string;
  /** What /etc/hosts says on all of them. */
  tellNames: (lines: readonly string[]) => void;
  remove: () => void;
}

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Two network namespaces on one bridge, which this machine is on too. Needs root. */
export const twoMachines = (): Wire<[Machine, Machine]> => machinesOnAWire(2) as Wire<[Machine, Machine]>;

/** As many network namespaces on one bridge, which this machine is on too. Needs root. */
export function machinesOnAWire(count: number): Wire {
  const subnet = freeSubnet();
  const name = `cs${process.pid.toString(36)}${randomInt(36 ** 2).toString(36)}`;
  ip('link', 'add', name, 'type', 'bridge');
  ip('addr', 'add', `${subnet}.254/24`, 'dev', name);
  ip('link', 'set', name, 'up');
  const spaces = Array.from({ length: count }, (_, at) => at + 1).map((number) => ({
    space: `${name}-${number}`,
    link: `${name}v${number}`,
    address: `${subnet}.${number}`,
  }));
  for (const { space, link, address } of spaces) {
    mkdirSync(join('/etc/netns', space), { recursive: true });
    // No server of names: what is not in the file of hosts is not found, at once.
    writeFileSync(join('/etc/netns', space, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
    writeFileSync(join('/etc/netns', space, 'hosts'), '');
    ip('netns', 'add', space);
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
    ip('link', 'set', link, 'master', name, 'up');
    ip('-n', space, 'link', 'set', 'lo', 'up');
    ip('-n', space, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', space, 'link', 'set', 'eth0', 'up');
  }
  const machines = spaces.map(({ space, link, address }): Machine => ({
    address,
    there: ['netns', 'exec', space],
    plug: (isIn) => void ip('link', 'set', link, isIn ? 'up' : 'down'),
  }));
  return {
    machines,
    ours: `${subnet}.254`,
    tellNames(lines) {
      for (const { space } of spaces) writeFileSync(join('/etc/netns', space, 'hosts'), `127.0.0.1 localhost\n${lines.join('\n')}\n`);
    },
    remove() {
      for (const { space, link } of spaces) {
        spawnSync('ip', ['link', 'del', link]);
        spawnSync('ip', ['netns', 'del', space]);
        rmSync(join('/etc/netns', space), { recursive: true, force: true });
      }
      spawnSync('ip', ['link', 'del', name]);
    },
  };
}

function freeSubnet(): string {
  const taken = new Set(
    Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address.split('.').slice(0, 3).join('.')) ?? []),
  );
  for (;;) {
    const subnet = `10.86.${randomInt(1, 255)}`;
    if (!taken.has(subnet)) return subnet;
  }
}
