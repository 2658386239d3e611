import { statfsSync } from 'node:fs';
import { ownedFolder } from './owned-files.ts';
import { Sentence } from '../sentence.ts';
import { isRoot } from './identities.ts';
import { buildConsole } from './console-build.ts';
import { placeOracle } from './oracle-programs.ts';
import { installPackages } from './packages.ts';
import { placeTemporal } from './temporal-binary.ts';
import type { Progress } from '../progress.ts';

/** What a first start brings to this machine, before anything is started: packages, binaries and pages. */
export async function prepareMachine(
  options: { state: string; demo: boolean; tests: boolean; yes: boolean },
  progress: Progress,
): Promise<void> {
  if (options.demo && !isRoot())
    throw new Sentence(
      "The demo's domain controller needs root: its ports are below 1024. Run as root, or use your own directory, which needs none: npm start -- --directory <settings file>.",
    );
  if (options.demo) await installPackages(options, progress);
  ownedFolder(options.state, undefined, 0o755);
  requireRoom(options.state);
  await placeTemporal(options.state, progress);
  await buildConsole(progress);
  if (options.tests) await placeOracle(progress);
}

/** PostgreSQL, Temporal and the controller need 400 MB to begin with, and none of them fails gently on a full disk. */
function requireRoom(state: string): void {
  const disk = statfsSync(state);
  const free = disk.bavail * disk.bsize;
  if (free < 1e9) {
    throw new Sentence(
      `Only ${Math.round(free / 1e6)} MB are free on the disk of ${state}. Free 1 GB, or name a folder on another disk in COUNTERSIGN_STATE.`,
    );
  }
}
