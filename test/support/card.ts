import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { root } from '#ops/paths.ts';
import { runCommand } from '#ops/run-command.ts';

export const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
export const PIN = '493817';

/** A smart card of a test: a SoftHSM token whose key was made in it and does not leave it. */
export interface TestCard {
  spki: Uint8Array<ArrayBuffer>;
  /** Puts the certificate of its key on it. */
  hold: (der: Uint8Array) => Promise<void>;
  /** Runs `countersign sign` at a terminal, where somebody types the PIN when they are asked; answers what the terminal showed. */
  sign: (file: string, pin?: string) => Promise<{ code: number | null; said: string }>;
}

export async function aCard(folder: string): Promise<TestCard> {
  assert.ok(existsSync(MODULE), 'softhsm2 is installed');
  const conf = join(folder, 'softhsm2.conf');
  mkdirSync(join(folder, 'tokens'), { recursive: true });
  writeFileSync(conf, `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\n`);
  const env = { ...process.env, SOFTHSM2_CONF: conf };
  const run = async (command: string, ...args: string[]) => {
    const { code, stderr } = await runCommand(command, args, { env });
    assert.equal(code, 0, `${command}: ${stderr}`);
  };
  const tool = (...args: string[]) => run('pkcs11-tool', '--module', MODULE, '--token-label', 'card', '--login', '--pin', PIN, ...args);
  await run('softhsm2-util', '--init-token', '--free', '--label', 'card', '--so-pin', '12345678', '--pin', PIN);
  await tool('--keypairgen', '--key-type', 'EC:prime256v1', '--label', 'sign-in', '--id', '02');
  const file = join(folder, 'key.der');
  await tool('--read-object', '--type', 'pubkey', '--id', '02', '--output-file', file);
  const key = createPublicKey({ key: readFileSync(file), format: 'der', type: 'spki' });
  return {
    spki: new Uint8Array(key.export({ format: 'der', type: 'spki' })),
    async hold(der) {
      const certificate = join(folder, 'certificate.der');
      writeFileSync(certificate, der);
      await tool('--write-object', certificate, '--type', 'cert', '--label', 'sign-in', '--id', '02');
    },
    sign: (toSign, pin = PIN) =>
      new Promise((resolve) => {
        const command = `${process.execPath} --disable-warning=ExperimentalWarning ${join(root, 'ops/countersign.ts')} sign ${toSign} --module ${MODULE} --token card`;
        const child = spawn('script', ['-qec', command, '/dev/null'], { env, cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
        let said = '';
        let typing: NodeJS.Timeout | undefined;
        const type = () => void child.stdin.write(`${pin}\n`);
        child.stdout.on('data', (part: Buffer) => {
          said += part.toString('utf8');
          if (typing || !/enter User PIN/i.test(said)) return;
          type();
          // The tool asks, and then throws away what was typed before it turned the echo off: whoever sees nothing happen types again.
          typing = setInterval(type, 1000);
        });
        child.on('close', (code) => {
          clearInterval(typing);
          resolve({ code, said });
        });
      }),
  };
}
