import { join } from 'node:path';
import { layout, root, type WitnessName } from '../paths.ts';
import type { Identity } from '../setup/identities.ts';
import { witnessFile } from '../setup/log-keys.ts';
import { saidReady, type ChildSpec } from './child.ts';

/** How a witness of this machine is started: it has its key, its state, and nothing of the product's. */
export function witnessSpec(state: string, name: WitnessName, identity: Identity): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', join(root, 'log/witness.ts')],
    cwd: root,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: join(state, name),
      NODE_ENV: 'production',
      COUNTERSIGN_SETTINGS: witnessFile(state, name, 'settings.json'),
    },
    identity,
    logFile: layout(state).log(name),
    endSignal: 'SIGTERM',
    endMs: 5000,
    readyMs: 30_000,
    isReady: saidReady,
  };
}
