import { join } from 'node:path';
import { cardListener, layout, root, type WitnessName } from '../paths.ts';
import { listenerSettings } from '../setup/card-listener.ts';
import type { Identity } from '../setup/identities.ts';
import { witnessFile } from '../setup/log-keys.ts';
import { saidReady, type ChildSpec } from './child.ts';

/** How a witness of this machine is started: it has its key, its state, and nothing of the product's. */
export function witnessSpec(state: string, name: WitnessName, identity: Identity): ChildSpec {
  return alone(state, name, 'log/witness.ts', witnessFile(state, name, 'settings.json'), identity);
}

/** How the card listener is started: it has its keys, and nothing else of the product's. */
export function cardListenerSpec(state: string, identity: Identity): ChildSpec {
  return alone(state, cardListener, 'api/card-listener.ts', listenerSettings(state), identity);
}

function alone(state: string, name: string, entry: string, settings: string, identity: Identity): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', join(root, entry)],
    cwd: root,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: join(state, name),
      NODE_ENV: 'production',
      COUNTERSIGN_SETTINGS: settings,
    },
    identity,
    logFile: layout(state).log(name),
    endSignal: 'SIGTERM',
    endMs: 5000,
    readyMs: 30_000,
    isReady: saidReady,
  };
}
