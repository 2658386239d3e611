import type { Directory } from './connect.ts';
import { DirectoryUnavailable } from './errors.ts';
import { baseEntry } from './find-account.ts';
import { policyHintsOf } from './policy-hints.ts';

export type DirectoryHealth = {
  dnsHostName: string;
  /** The controller's clock. Kerberos and TOTP suffer from a skew of minutes. */
  currentTime: Date;
  /** Whether a reset is held to the history rule by the controller (Windows; not Samba). */
  policyHints: boolean;
};

/** What a controller says of itself in rootDSE (RFC 4512 5.1). */
export async function readHealth(dir: Directory): Promise<DirectoryHealth> {
  return dir.read(async (session) => {
    const root = await baseEntry(session, '', ['dnsHostName', 'currentTime']);
    const time = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(root?.text('currentTime') ?? '');
    if (!root || !time) throw new DirectoryUnavailable('rootDSE shows no clock; this is no domain controller');
    const [year, month, day, hour, minute, second] = time.slice(1).map(Number) as [number, number, number, number, number, number];
    return {
      dnsHostName: root.text('dnsHostName') ?? '',
      currentTime: new Date(Date.UTC(year, month - 1, day, hour, minute, second)),
      policyHints: (await policyHintsOf(session)).length > 0,
    };
  });
}
