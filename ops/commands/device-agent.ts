import { createPrivateKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AGENT_VERSION } from '#device-agent/agent.ts';
import { Sentence } from '../sentence.ts';

/** Adds `device-agent build <folder>` and `device-agent sign-update <executable> <file>`: what devices are given. */
export function deviceAgentCommand(program: Command): void {
  const agent = program.command('device-agent').description('the agent for Linux devices: build it, sign its updates');
  agent
    .command('build')
    .argument('<folder>', 'where the executable and the package are written')
    .description('make the agent one executable, and a Debian package of it')
    .action(async (folder: string) => {
      const { buildExecutable } = await import('../device-package/executable.ts');
      const { buildPackage } = await import('../device-package/deb.ts');
      mkdirSync(folder, { recursive: true });
      const executable = join(folder, 'countersign-device');
      const file = join(folder, `countersign-device_${AGENT_VERSION}_amd64.deb`);
      await buildExecutable(executable);
      await buildPackage(executable, file);
      console.log(`${executable}\n${file}`);
    });
  agent
    .command('sign-update')
    .argument('<executable>', 'the new executable')
    .argument('<file>', 'where the update is written')
    .requiredOption('--key <file>', 'the release key: an Ed25519 private key in PEM')
    .requiredOption('--number <n>', 'the number of the release; devices take no lower one than they had')
    .description('sign an executable as an update, which devices take whose settings pin the key')
    .action(async (executable: string, file: string, { key, number }: { key: string; number: string }) => {
      if (!/^[1-9]\d{0,8}$/.test(number)) throw new Sentence('The number of a release is a whole number from 1.');
      const { signUpdate } = await import('../device-package/update.ts');
      writeFileSync(file, signUpdate(readFileSync(executable), { version: AGENT_VERSION, number: Number(number) }, releaseKey(key)));
      console.log(file);
    });
}

function releaseKey(file: string) {
  try {
    const key = createPrivateKey(readFileSync(file));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Whatever is in it, nothing of it is repeated.
  }
  throw new Sentence(`${file} is no Ed25519 private key in PEM. Make one: openssl genpkey -algorithm ed25519.`);
}
