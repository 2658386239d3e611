import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { listens } from '#ops/directory/process.ts';
import type { DirectoryLayout } from '#ops/directory/samba-config.ts';
import type { Machine } from './two-networks.ts';

/** Starts the controller of this layout on that machine, and returns when LDAPS and Kerberos listen there. */
export async function startOnWire({ there, address }: Machine, layout: DirectoryLayout): Promise<void> {
  const output = openSync(layout.output, 'a', 0o600);
  const command = 'mkdir -p /run/samba && mount -t tmpfs tmpfs /run/samba && exec /usr/sbin/samba -F --no-process-group -M prefork -s "$0"';
  const child = spawn('ip', [...there, 'sh', '-c', command, layout.config], {
    detached: true,
    stdio: ['ignore', output, output],
    cwd: layout.folder,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', KRB5_CONFIG: layout.krb5 },
  });
  closeSync(output);
  child.unref();
  for (let waited = 0; !((await listens(address, 636)) && (await listens(address, 88))); waited += 50) {
    if (waited > 60_000 || child.exitCode !== null)
      throw new Error(`the controller did not start: ${readFileSync(layout.output, 'utf8').slice(-2000)}`);
    await sleep(50);
  }
}
