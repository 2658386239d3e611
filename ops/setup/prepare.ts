import { ownedFolder } from './owned-files.ts';
import { Sentence } from '../sentence.ts';
import { isRoot } from './identities.ts';
import { buildConsole } from './console-build.ts';
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
  await placeTemporal(options.state, progress);
  await buildConsole(progress);
}
