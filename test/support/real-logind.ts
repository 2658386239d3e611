import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './device-host.ts';
import { patiently } from './patiently.ts';

/** systemd's own manager and logind on a device of the lab, and somebody who is logged in there. */
export interface RealLogind {
  /** Logs somebody in who is known to the device: a session of logind with one process in it. */
  logIn: (account: string) => Promise<void>;
  /** User ids with a session, by logind's word. */
  loggedIn: () => Promise<string[]>;
  /** Whether the process of their session runs. */
  isAtWork: (account: string) => Promise<boolean>;
  /** Ends it all, and takes what it left out of the device. */
  stop: () => Promise<void>;
}

const HIERARCHY = '/sys/fs/cgroup/systemd';
const MANAGER = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'];
const unitOf = (account: string): string => `lab-session-${account.replaceAll('.', '-')}.service`;
/** Only the bus, logind and what a session is made of: nothing that a machine does at its start is done here. */
const WANTED = ['dbus.socket', 'dbus.service', 'systemd-logind.service'];
const LEFT_OUT = [
  ...['sysinit.target', 'basic.target', 'local-fs.target', 'nss-user-lookup.target', 'systemd-udevd.service', 'modprobe@drm.service'],
  ...['systemd-journald.service', 'systemd-journald.socket', 'systemd-journald-dev-log.socket'],
];

/**
 * systemd takes itself for the first process of a container: with processes, control groups, devices and a view of the kernel of its own, which it cannot
 * change, and with the files of the device, where its bus is. The agent stands outside and asks over the bus, as on every machine.
 */
const FIRST_PROCESS = `set -e
mkdir /run/groups
mount -t cgroup -o none,name=systemd cgroup /run/groups
mkdir "/run/groups/$0"
echo 0 > "/run/groups/$0/cgroup.procs"
umount /run/groups
exec unshare --kill-child -m -p -C -f sh -c '
set -e
mount --make-rprivate /
mount -t proc proc /proc
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount --bind /sys /sys
mount -o remount,bind,ro /sys
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
mkdir /run/dev
mount -t tmpfs -o mode=755 tmpfs /run/dev
for node in null zero full random urandom tty; do touch /run/dev/$node; mount --bind /dev/$node /run/dev/$node; done
mkdir /run/dev/pts /run/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts /run/dev/pts
mount --move /run/dev /dev
exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=lab.target --show-status=no --log-target=console
'`;

/** Starts them on a device. */
export async function realLogind(host: Host): Promise<RealLogind> {
  const group = `countersign-${process.pid}-${host.name}`;
  host.write('/etc/machine-id', `${'0123456789abcdef'.repeat(2)}\n`);
  for (const unit of WANTED) host.write(`/etc/systemd/system/${unit}.d/lab.conf`, '[Unit]\nDefaultDependencies=no\nBefore=\n');
  for (const unit of LEFT_OUT) await host.must(['ln', '-sf', '/dev/null', `/etc/systemd/system/${unit}`]);
  host.write('/etc/systemd/system/lab.target', `[Unit]\nDefaultDependencies=no\nRequires=${WANTED.join(' ')}\n`);
  host.write('/etc/pam.d/countersign-session', 'account required pam_permit.so\nsession required pam_systemd.so\n');
  const manager: ChildProcess = host.start(['sh', '-c', FIRST_PROCESS, group]);
  let said = '';
  for (const stream of [manager.stdout, manager.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await patiently(async () => {
    const { code, stdout } = await host.run(['systemctl', 'is-active', 'systemd-logind.service']);
    if (code !== 0) throw new Error(`logind does not run: ${stdout} ${said}`);
  });
  // Over the bus, since the manager drops some of the connections of its own that come from outside of its processes.
  const stateOf = async (account: string): Promise<string | undefined> => {
    const path = await host.must(['busctl', 'call', ...MANAGER, 'LoadUnit', 's', unitOf(account)]);
    const unit = ['org.freedesktop.systemd1', path.split('"')[1] ?? '', 'org.freedesktop.systemd1.Unit'];
    return (await host.must(['busctl', 'get-property', ...unit, 'ActiveState'])).split('"')[1];
  };
  return {
    async logIn(account) {
      const text = `[Unit]\nDefaultDependencies=no\n[Service]\nUser=${account}\nPAMName=countersign-session\nExecStart=/bin/sleep infinity\n`;
      host.write(`/etc/systemd/system/${unitOf(account)}`, text);
      await host.must(['busctl', 'call', ...MANAGER, 'StartUnit', 'ss', unitOf(account), 'replace']);
      await patiently(async () => {
        if ((await stateOf(account)) !== 'active') throw new Error(`${account} has no session: ${said}`);
      });
    },
    async loggedIn() {
      const listed = await host.must(['loginctl', 'list-sessions', '--no-legend']);
      return listed
        .split('\n')
        .map((line) => line.trim().split(/\s+/)[1])
        .filter((uid) => uid !== undefined);
    },
    isAtWork: async (account) => (await stateOf(account)) === 'active',
    async stop() {
      const ended = new Promise((resolve) => manager.once('exit', resolve));
      for (const child of childrenOf(manager.pid)) process.kill(child, 'SIGKILL');
      await ended;
      // Its processes go with it, and not in the same moment.
      await patiently(async () => removeGroups(join(HIERARCHY, group)));
      await host.must(['rm', '-rf', '/run/systemd', '/run/dbus', '/run/dev', '/run/groups']);
    },
  };
}

/** Of a process of this machine’s, by their numbers here. */
function childrenOf(pid: number | undefined): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

function removeGroups(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeGroups(join(folder, entry.name));
  rmdirSync(folder);
}
