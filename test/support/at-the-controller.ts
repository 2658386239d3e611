import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** A line of /proc/net/tcp (proc(5)): both ends as HEX:PORT, bytes that the local end has not read, and the socket's inode. */
interface Line {
  local: string;
  remote: string;
  unread: number;
  inode: string;
}

function lines(): Line[] {
  return readFileSync('/proc/net/tcp', 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [, local = '', remote = '', , queues = '', , , , , inode = ''] = line.trim().split(/\s+/);
      return { local, remote, unread: Number.parseInt(queues.split(':')[1] ?? '0', 16), inode };
    });
}

/** An IPv4 address and port as the kernel writes them there: the address in host byte order. */
function kernelName(host: string, port: number): string {
  const bytes = host.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return `${bytes.toReversed().join('')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
}

/**
 * Whether a question of this process lies unread at the controller: what it has sent to a controller that is stopped
 * (SIGSTOP) is in the kernel's hands, and is lost with the controller's sockets.
 */
export function hasAsked(pid: number, controllerUrl: string): boolean {
  const { hostname, port } = new URL(controllerUrl);
  const controller = kernelName(hostname, Number(port || '636'));
  const all = lines();
  const asking = new Set(all.filter(({ local, unread }) => local === controller && unread > 0).map(({ remote }) => remote));
  const inodes = new Set(
    all.filter(({ local, remote }) => remote === controller && asking.has(local)).map(({ inode }) => `socket:[${inode}]`),
  );
  return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(linkOf(`/proc/${pid}/fd/${fd}`)));
}

/** Empty when the file was closed since it was listed. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
