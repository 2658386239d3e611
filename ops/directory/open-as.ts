import { readFileSync } from 'node:fs';
import { readSecretLine, withCa, type VerifierSettings } from '#config';
import { openDirectory, type Directory, type DirectorySettings, type ServiceBind } from '#activities/directory/connect.ts';
import { layout, type ProcessName } from '../paths.ts';

export type BoundProcess = Extract<ProcessName, 'verifier' | 'writer-staff' | 'writer-privileged'>;

/** Which directory, and as whom, by the settings of one process. */
export function bindOf(state: string, process: BoundProcess): { settings: DirectorySettings; bind: ServiceBind } {
  // Written by our own set-up; verifier and writers name directory and bind alike.
  const { directory, bind } = JSON.parse(readFileSync(layout(state).settingsFile(process), 'utf8')) as VerifierSettings;
  return { settings: withCa(directory), bind: { dn: bind.dn, password: () => readSecretLine(bind.passwordFile) } };
}

/** The directory as that process sees it. */
export function openAs(state: string, process: BoundProcess): Directory {
  const { settings, bind } = bindOf(state, process);
  return openDirectory(settings, bind, { connections: 2 });
}
