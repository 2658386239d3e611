import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Asks the KDC for a ticket with this password (typed into kinit, never an argument). The KDC's word on refusal. */
export async function kinit(state: string, account: string, password: string): Promise<{ ok: boolean; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-'));
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn('kinit', ['-c', join(folder, 'cache'), `${account}@BANK.TEST`], {
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', KRB5_CONFIG: join(state, 'directory', 'krb5.conf') },
      });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.once('error', reject);
      child.once('exit', (code) => resolve({ ok: code === 0, said }));
      child.stdin.end(`${password}\n`);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
