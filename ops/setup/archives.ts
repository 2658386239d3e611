import { join } from 'node:path';
import { root } from '../paths.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';
import type { Identities } from './identities.ts';
import { ownedFolder } from './owned-files.ts';

/** The archive of every release's workflows, each under the SHA-256 of its code. Nothing in it is ever changed or removed. */
export const workflowCodeFolder = (state: string): string => join(state, 'workflow-code');

/** The archive of sealed histories: the worker writes it, auditors read it. */
export const historiesFolder = (state: string): string => join(state, 'histories');

/**
 * Makes the archives, puts the workflows of this checkout into theirs before anything runs them, and answers their hash.
 * Bundles in a process of its own, because a bundler keeps much memory. Throws a sentence when they cannot be bundled.
 */
export async function makeArchives(state: string, identities: Identities, progress: Progress): Promise<string> {
  let sha256: string | undefined;
  await progress.step("the workflows' code, archived under its hash", async () => {
    // The group is that of the published log, and all that is made in the folder inherits it.
    ownedFolder(historiesFolder(state), { ...identities.worker, gid: identities.api.gid }, 0o2750);
    const command = join(root, 'ops/countersign.ts');
    const args = ['--disable-warning=ExperimentalWarning', command, 'archive-workflows', '--into', workflowCodeFolder(state)];
    const { code, stdout, stderr } = await runCommand(process.execPath, args, { cwd: root, env: process.env });
    sha256 = /^[0-9a-f]{64}$/m.exec(stdout)?.[0];
    if (code !== 0) throw new Sentence(`The workflows could not be bundled: ${stderr.trim().split('\n').at(-1) ?? 'nothing was said'}`);
  });
  if (!sha256) throw new Sentence('The workflows were bundled, but nobody said under which hash. Run: countersign archive-workflows');
  return sha256;
}
