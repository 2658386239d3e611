import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cardListener, layout, processNames, witnessNames } from '../paths.ts';
import { identities } from '../setup/identities.ts';
import { listenerSigningKey } from '../setup/card-listener.ts';
import { privateKeyFiles } from '../setup/keys.ts';
import { logKeyFile, witnessFile } from '../setup/log-keys.ts';
import { modeOf } from '../setup/owned-files.ts';
import { bad, good } from './finding.ts';
import type { Finding } from './finding.ts';

/** Every file of every process belongs to it and is closed to others, and no key is missing. */
export async function keyModes(state: string): Promise<Finding> {
  const keys = [
    ...privateKeyFiles(state).map(({ file }) => file),
    logKeyFile(state),
    listenerSigningKey(state),
    ...witnessNames.map((name) => witnessFile(state, name, 'witness.key')),
  ];
  const missing = keys.find((file) => !existsSync(file));
  if (missing) return bad(`${missing} is missing`, 'put it back from a backup; without it what it protected is lost');
  const owners = identities();
  for (const name of [...processNames, ...witnessNames, cardListener] as const) {
    const folder = join(state, name);
    const wrong = wrongFile(folder, name, owners[name].uid);
    if (wrong) return wrong;
  }
  const { caKeyFile } = layout(state);
  if (existsSync(caKeyFile) && modeOf(caKeyFile) !== '600')
    return bad(`${caKeyFile} has mode ${modeOf(caKeyFile)}`, `chmod 600 ${caKeyFile}`);
  return good('keys and settings are readable by their own process only');
}

function wrongFile(folder: string, name: string, uid: number): Finding | undefined {
  for (const path of [folder, ...readdirSync(folder).map((file) => join(folder, file))]) {
    const status = statSync(path);
    if ((status.mode & 0o077) !== 0)
      return bad(`${path} has mode ${modeOf(path)}, so others can read it`, `chmod ${status.isDirectory() ? 700 : 600} ${path}`);
    if (status.uid !== uid) return bad(`${path} does not belong to the ${name} process`, `chown ${uid} ${path}`);
  }
  return undefined;
}
