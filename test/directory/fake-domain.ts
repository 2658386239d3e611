import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { openDirectory, type Directory, type DirectoryOptions, type DirectorySettings } from '#activities/directory/connect.ts';
import { makeCertificateAuthority } from '#ops/setup/certificates.ts';
import { dnsServer } from '../support/dns-server.ts';
import { fakeController, type FakeController, type Said } from '../support/fake-controller.ts';

const domain = 'bank.test';

/** Which controllers DNS names: of the whole domain, of sites, and the PDC emulator, each as `priority weight` by controller. */
export type Told = { all: FakeController[]; sites?: { [site: string]: FakeController[] }; pdc?: FakeController };

/** A domain of controllers that a test holds in its hands, a name server that knows them, and a clock that moves when it is told. */
export async function fakeDomain() {
  const folder = mkdtempSync(join('/tmp', 'countersign-fake-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'ca'));
  await makeCertificateAuthority(folder, { step: (_name, work) => work(), note: () => {} });
  const ca = { certPem: readFileSync(join(folder, 'ca', 'ca.pem'), 'utf8'), keyPem: readFileSync(join(folder, 'ca', 'ca.key'), 'utf8') };
  const dns = await dnsServer();
  let at = Date.parse('2026-11-26T08:00:00Z');

  const settings = (more: Partial<DirectorySettings> = {}): DirectorySettings => ({
    controllers: [],
    find: { servers: [dns.server], site: 'Head' },
    caPem: ca.certPem,
    baseDn: 'DC=bank,DC=test',
    netbios: 'BANK',
    upnSuffix: domain,
    ...more,
  });

  return {
    dns,
    settings,
    controller: (host: string, said?: Partial<Said>, tls?: TlsOptions): Promise<FakeController> =>
      fakeController(ca, `${host}.${domain}`, said, tls),
    /** A controller as the list of the settings names it: by its address, which asks no name server. */
    listed: ({ address, name }: FakeController) => ({ url: `ldaps://${address}:636`, servername: name }),
    /** SRV says port 389, as every domain does. */
    say({ all, sites = {}, pdc }: Told): void {
      const records = (some: FakeController[]) => some.map(({ name }) => ({ srv: `0 100 389 ${name}` }));
      dns.say({
        [`_ldap._tcp.dc._msdcs.${domain}`]: records(all),
        ...(pdc ? { [`_ldap._tcp.pdc._msdcs.${domain}`]: records([pdc]) } : {}),
        ...Object.fromEntries(
          Object.entries(sites).map(([site, some]) => [`_ldap._tcp.${site.toLowerCase()}._sites.dc._msdcs.${domain}`, records(some)]),
        ),
        ...Object.fromEntries([...all, ...Object.values(sites).flat()].map(({ name, address }) => [name, [{ a: address }]])),
      });
    },
    pass: (milliseconds: number): void => void (at += milliseconds),
    now: (): number => at,
    open(more: Partial<DirectorySettings> = {}, options: DirectoryOptions & { password?: string } = {}): Directory {
      const { password = 'Right-Password-1', ...rest } = options;
      const bind = { dn: 'CN=svc,DC=bank,DC=test', password: () => password };
      const directory = openDirectory(settings(more), bind, { connections: 1, now: () => at, draw: (most) => most, ...rest });
      after(() => directory.close());
      return directory;
    },
  };
}

/** Who answered a read. */
export async function whoAnswers(directory: Directory, site?: string): Promise<string> {
  return directory.read(
    async (session) => {
      await session.search('', { scope: 'base', attributes: ['dnsHostName'] });
      return session.controller.servername;
    },
    { site },
  );
}

/** A whole round of looking and asking from now on; one that was begun before may have gone past what changed since. */
export async function tended(directory: Directory): Promise<void> {
  await directory.tend();
  await directory.tend();
}
