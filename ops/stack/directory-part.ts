import { chmodSync, chownSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addressIsFree, freeDirectoryAddress } from '../directory/free-address.ts';
import { startDirectory } from '../directory/process.ts';
import { directoryLayout } from '../directory/samba-config.ts';
import { layout } from '../paths.ts';
import { identities } from '../setup/identities.ts';
import { ownedFile } from '../setup/owned-files.ts';
import { startTimeOf } from './pids.ts';
import type { Part } from './child.ts';

/** The loopback address of the demo's controller: the one it had, as long as nobody else took it. */
export async function directoryAddress(state: string): Promise<string> {
  const file = join(state, 'directory.address');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (kept && (await addressIsFree(kept))) return kept;
  const address = await freeDirectoryAddress();
  rmSync(file, { force: true });
  ownedFile(file, `${address}\n`, undefined, 0o644);
  return address;
}

/** The demo's domain controller as a part: many processes that live and end together. */
export function directoryPart(state: string, address: string): Part {
  let stop: () => Promise<void> = async () => {};
  return {
    name: 'directory',
    foundation: true,
    logFile: directoryLayout(layout(state).directory).output,
    async launch(spawned) {
      // The verifier reads the controller's events there, and nobody else has to.
      const { log } = directoryLayout(layout(state).directory);
      chownSync(log, 0, identities().verifier.gid);
      chmodSync(log, 0o750);
      const controller = await startDirectory({ stateDir: state, address });
      stop = controller.stop;
      const alive = () => controller.pids().length > 0;
      const running = {
        mark: { name: 'directory', pid: controller.pid, startTime: startTimeOf(controller.pid) ?? 'ended' },
        signal: (signal: NodeJS.Signals) => {
          for (const pid of controller.pids()) {
            try {
              process.kill(pid, signal);
            } catch {
              // It ended between the listing and the signal.
            }
          }
        },
        ended: untilNot(alive),
      };
      spawned(running);
      return running;
    },
    async end() {
      await stop();
      return true;
    },
  };
}

/** The controller's processes are not our children, so their end has to be looked for. */
async function untilNot(alive: () => boolean): Promise<string> {
  while (alive()) await new Promise((resolve) => setTimeout(resolve, 250).unref());
  return 'all its processes are gone';
}
