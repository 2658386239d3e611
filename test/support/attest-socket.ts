import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '#ops/paths.ts';
import type { Host } from './device-host.ts';
import { patiently } from './patiently.ts';

const unit = readFileSync(join(root, 'ops/device-package/countersign-attest.socket'), 'utf8');
const written = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

/**
 * Holds the socket of the login screen on a device as its unit says, without systemd: systemd's own tool takes the connections and starts the program,
 * and owner and mode are those of the unit. The account `reset` is made there.
 */
export async function holdAttestSocket(device: Host, program: readonly string[]): Promise<string> {
  const path = written('ListenStream');
  await device.must([
    'sh',
    '-c',
    'getent group reset >/dev/null || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin reset',
  ]);
  await device.must(['mkdir', '-p', '-m', written('DirectoryMode'), path.slice(0, path.lastIndexOf('/'))]);
  device.start(['/usr/bin/systemd-socket-activate', '--accept', '--inetd', '-l', path, ...program, 'attest']);
  await patiently(async () => void (await device.must(['test', '-S', path])));
  await device.must(['chown', `${written('SocketUser')}:${written('SocketGroup')}`, path]);
  await device.must(['chmod', written('SocketMode'), path]);
  return path;
}
