import { join } from 'node:path';
import { layout, root } from '../paths.ts';
import type { ProcessName } from '../paths.ts';
import type { Identity } from '../setup/identities.ts';
import { saidReady } from './child.ts';
import type { ChildSpec } from './child.ts';

const entries: Record<ProcessName, string> = {
  api: 'api/server.ts',
  notary: 'log/notary.ts',
  worker: 'activities/worker.ts',
  verifier: 'activities/verifier.ts',
  'writer-staff': 'activities/writer.ts',
  'writer-privileged': 'activities/writer.ts',
};

/** How one of our own processes is started: its environment is its settings file and nothing else that matters. */
export function processSpec(state: string, name: ProcessName, identity: Identity, extra: Record<string, string> = {}): ChildSpec {
  const paths = layout(state);
  return {
    name,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', join(root, entries[name])],
    cwd: root,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: paths.processFolder(name),
      NODE_ENV: 'production',
      COUNTERSIGN_SETTINGS: paths.settingsFile(name),
      ...extra,
    },
    identity,
    logFile: paths.log(name),
    endSignal: 'SIGTERM',
    // Beyond the 15 s after which a draining worker is gone by itself (activities/run-worker.ts).
    endMs: 18_000,
    readyMs: 60_000,
    isReady: saidReady,
  };
}
