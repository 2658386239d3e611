import { runProgram } from './programs.ts';
import type { SssdDomain } from './sssd/config.ts';
import { readLdif } from './sssd/ldif.ts';

/** What a controller says of the accounts of a device. */
export interface DirectorySaid {
  /** By SID. An account that is not there was not found, or may not be read. */
  accounts: Map<string, { pwdLastSet: string; isDisabled: boolean }>;
  /** Milliseconds that the controller's clock is ahead of ours, to a second. */
  clockAhead: number;
}

/**
 * Asks a controller for these accounts as the device itself: with the key in its keytab, which any member has, and no right that others lack.
 * Undefined when it cannot be asked. Signed and sealed by Kerberos (GSSAPI); the ticket is in a file of `folder`, which root alone reads.
 */
export async function askDirectory(
  of: { domain: SssdDomain; controller: string; folder: string },
  sids: readonly string[],
): Promise<DirectorySaid | undefined> {
  const { domain, controller, folder } = of;
  const { ticket } = (await ticketOfMachine(domain, folder)) ?? {};
  if (ticket === undefined) return undefined;
  const ldapsearch = ['-Q', '-LLL', '-Y', 'GSSAPI', '-N', '-l', '5', '-o', 'nettimeout=3', '-H', `ldap://${controller}`];
  const asked = Date.now();
  const clock = await runProgram('ldapsearch', [...ldapsearch, '-b', '', '-s', 'base', 'currentTime'], { ticket });
  const time = readLdif(clock.stdout)[0]?.get('currentTime')?.[0];
  if (clock.code !== 0 || time === undefined) return undefined;
  const found = await runProgram(
    'ldapsearch',
    [...ldapsearch, '-b', baseOf(domain), '-f', '-', '(objectSid=%s)', 'objectSid', 'pwdLastSet', 'userAccountControl'],
    { ticket, input: sids.map((sid) => `${sid}\n`).join('') },
  );
  if (found.code !== 0) return undefined;
  const accounts: DirectorySaid['accounts'] = new Map();
  for (const entry of readLdif(found.stdout, ['objectSid'])) {
    const [sid, pwdLastSet] = [entry.get('objectSid')?.[0], entry.get('pwdLastSet')?.[0]];
    if (sid === undefined || pwdLastSet === undefined || !/^-?\d+$/.test(pwdLastSet)) continue;
    const isDisabled = (Number(entry.get('userAccountControl')?.[0] ?? 0) & 2) !== 0;
    accounts.set(sidText(Buffer.from(sid, 'base64')), { pwdLastSet, isDisabled });
  }
  return { accounts, clockAhead: generalizedTime(time) + 500 - (asked + Date.now()) / 2 };
}

/** A ticket of the computer's own account, by the key in its keytab. Undefined where there is no such key, or none is given for it. */
export async function ticketOfMachine(domain: SssdDomain, folder: string): Promise<{ ticket: string; principal: string } | undefined> {
  const ticket = `FILE:${folder}/machine.ccache`;
  const listed = await runProgram('klist', ['-k']);
  // The computer's own name is the one that ends with a dollar; services are no clients.
  const principal = [...listed.stdout.matchAll(/^\s*\d+ (\S+\$@(\S+))$/gm)].find(([, , realm]) => realm === domain.realm)?.[1];
  if (principal === undefined) return undefined;
  const ticketed = await runProgram('kinit', ['-k', '-c', ticket, principal]);
  return ticketed.code === 0 ? { ticket, principal } : undefined;
}

/** Distinguished name of the domain. */
export const baseOf = ({ realm }: SssdDomain): string =>
  realm
    .toLowerCase()
    .split('.')
    .map((part) => `DC=${part}`)
    .join(',');

/** MS-DTYP 2.4.2.2, the bytes, as 2.4.2.1, the text. */
export function sidText(bytes: Buffer): string {
  const parts = Array.from({ length: bytes[1] ?? 0 }, (_, at) => bytes.readUInt32LE(8 + 4 * at));
  return ['S', bytes[0], bytes.readUIntBE(2, 6), ...parts].join('-');
}

/** Milliseconds of a GeneralizedTime in UTC (RFC 4517 §3.3.13) to a second. */
function generalizedTime(text: string): number {
  const [year, month, day, hour, minute, second] = (/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text) ?? []).slice(1).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}
