import { readFileSync } from 'node:fs';
import { cardListener, processNames, witnessNames, type ProcessName, type WitnessName } from '../paths.ts';
import type { Progress } from '../progress.ts';
import { already } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';

/** The operating-system identity that a part runs as. */
export type Identity = { user: string; uid: number; gid: number };
export type PartName = ProcessName | WitnessName | typeof cardListener | 'postgres' | 'temporal';
export type Identities = Record<PartName, Identity>;

const parts: PartName[] = ['postgres', 'temporal', ...witnessNames, cardListener, ...processNames];

export const isRoot = (): boolean => process.getuid?.() === 0;

function lookUp(user: string): Identity | undefined {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === user) return { user, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/** The identities as they are: one system user a part when root, the caller for all otherwise. Throws when one is missing. */
export function identities(): Identities {
  const caller: Identity = {
    user: process.env['USER'] ?? String(process.getuid?.() ?? 0),
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  };
  const entries = parts.map((part): [PartName, Identity] => {
    if (!isRoot()) return [part, caller];
    const found = lookUp(`countersign-${part}`);
    if (!found) throw new Sentence(`The system user countersign-${part} is missing. Run \`npm start\`, which makes it.`);
    return [part, found];
  });
  return Object.fromEntries(entries) as Identities;
}

/** Makes the system users that are missing (no login, no home). Does nothing without root: all parts then run as the caller. */
export function makeUsers(progress: Progress): Promise<unknown> {
  return progress.step('system users, one for each process', async () => {
    if (!isRoot()) {
      progress.note('not root: all processes run as you, so the system does not keep them apart (as root it does)');
      return already;
    }
    const missing = parts.map((part) => `countersign-${part}`).filter((user) => !lookUp(user));
    if (missing.length === 0) return already;
    for (const user of missing) {
      const args = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', user];
      const result = await runCommand('/usr/sbin/useradd', args);
      if (result.code !== 0 && !lookUp(user))
        throw new Sentence(`The system user ${user} could not be made (${result.stderr.trim()}). Run: useradd ${args.join(' ')}`);
    }
    return missing;
  });
}
