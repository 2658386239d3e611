import { readFileSync } from 'node:fs';
import { readSecretLine } from '#config';
import { provisionDirectory } from '../directory/provision.ts';
import { demoDomain } from '../directory/names.ts';
import type { DirectoryInstall } from '../directory/provision.ts';
import { layout } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import type { DirectoryFacts } from './settings.ts';

/** Which groups of the demo bank have which role in the console. */
const roleGroups: DirectoryFacts['roleGroups'] = {
  approver: ['CS-Approvers', 'CS-Security-Officers'],
  'security-officer': ['CS-Security-Officers'],
  'help-desk': ['CS-Help-Desk'],
  auditor: ['CS-Auditors'],
  administrator: ['CS-Administrators'],
  operator: ['CS-Operators'],
};

/** Provisions the demo bank's domain (once, about ten seconds) and brings its certificate up to date. */
export async function makeDemoDirectory(state: string, address: string, progress: Progress): Promise<DirectoryFacts> {
  const { caFile, caKeyFile } = layout(state);
  let install: DirectoryInstall | undefined;
  await progress.step('demo bank in a domain of its own', async () => {
    install = await provisionDirectory({
      stateDir: state,
      address,
      ca: { certPem: readFileSync(caFile, 'utf8'), keyPem: readFileSync(caKeyFile, 'utf8') },
    });
    return install.fresh ? undefined : already;
  });
  if (!install) throw new Error('the step did not run');
  const { serviceAccounts } = install;
  const bind = (name: keyof typeof serviceAccounts) => ({
    dn: serviceAccounts[name].dn,
    password: readSecretLine(serviceAccounts[name].passwordFile),
  });
  return {
    connection: {
      controllers: install.controllers,
      ca: caFile,
      baseDn: install.baseDn,
      netbios: install.netbios,
      upnSuffix: install.upnSuffix,
    },
    roleGroups,
    binds: { reader: bind('reader'), writerStaff: bind('writerStaff'), writerPrivileged: bind('writerPrivileged') },
    caPem: readFileSync(caFile, 'utf8'),
    events: [{ file: install.layout.events, controller: demoDomain.host }],
  };
}
