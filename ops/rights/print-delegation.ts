import type { ServiceAccount } from '../directory/names.ts';
import type { Grant, System } from './delegation.ts';
import { plainDn, shQuoted, windowsQuoted } from './quoting.ts';
import type { Identity } from './site.ts';

/** What the three accounts are called in texts: by the processes that bind with them. */
export const called: Record<ServiceAccount, string> = {
  reader: 'reader',
  writerStaff: 'writer-staff',
  writerPrivileged: 'writer-privileged',
};

export type Trustees = { netbios: string; identities: Record<ServiceAccount, Identity> };

/** One grant as a command: dsacls for cmd and PowerShell, samba-tool for a shell on the controller. */
export function commandOf(grant: Grant, system: System, { netbios, identities }: Trustees): string {
  const { sid, name } = identities[grant.account];
  if (system === 'samba')
    return `samba-tool dsacl set --objectdn=${shQuoted(plainDn(grant.on))} --sddl=${shQuoted(grant.sddl.replaceAll('$SID', () => sid))}`;
  const words = grant.dsacls.map((word) =>
    word.startsWith('/') ? word : windowsQuoted(word.replaceAll('$NAME', () => `${netbios}\\${name}`)),
  );
  return `dsacls ${windowsQuoted(plainDn(grant.on))} ${words.join(' ')}`;
}

const headings: Record<System, string> = {
  windows: 'Windows: in cmd or PowerShell on a controller, as a domain administrator',
  samba: 'Samba: in a shell on a controller, as root',
};

/** The commands for one system, each account's together, each with what it is for. Lines that begin with # are remarks. */
export function delegationText(grants: readonly Grant[], system: System, trustees: Trustees): string[] {
  const lines = [`# ${headings[system]}`];
  for (const account of Object.keys(called) as ServiceAccount[]) {
    const own = grants.filter((grant) => grant.account === account && grant.systems.includes(system));
    lines.push('#', `# ${called[account]} (${trustees.identities[account].name})`);
    for (const grant of own) lines.push(`# so that ${grant.why}`, commandOf(grant, system, trustees));
  }
  return lines;
}
