import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDemoSecrets, writeDemoPeople } from '#ops/demo/secrets.ts';
import { runCommand } from '#ops/run-command.ts';
import { Sentence } from '#ops/sentence.ts';
import { bankDocument } from './bank.ts';
import { certificateServes, issueDirectoryCertificate, type CertificateAuthority } from './certificate.ts';
import { demoDomain, serviceAccounts, serviceDn, type ServiceAccount } from './names.ts';
import { directoryLayout, kerberosConfig, sambaConfig, type DirectoryLayout } from './samba-config.ts';

// Debian's own interpreter: a pyenv or conda python3 earlier on PATH lacks the samba module.
const python = '/usr/bin/python3';
const seedScript = join(dirname(fileURLToPath(import.meta.url)), 'seed.py');

/** Debian packages that the demo's domain controller needs. */
export const directoryPackages = [
  'samba',
  'samba-ad-dc',
  'samba-ad-provision',
  'samba-dsdb-modules',
  'python3-samba',
  'winbind',
  'krb5-user',
] as const;

/** What others need to know of the installed domain: names to bind with, files that hold the passwords, and addresses. */
export type DirectoryInstall = {
  /** False when the domain was there already. */
  fresh: boolean;
  layout: DirectoryLayout;
  baseDn: string;
  netbios: string;
  upnSuffix: string;
  controllers: { url: string; servername: string }[];
  serviceAccounts: Record<ServiceAccount, { dn: string; passwordFile: string }>;
  administrator: { dn: string; passwordFile: string };
};

/**
 * Provisions the demo domain under `<stateDir>/directory` and fills it with the bank; when it is there already, only
 * its certificate and configuration are brought up to date. The controller must not be running the first time. Needs
 * root and Samba; a lack of either is a Sentence. Secrets land in 0600 files, never in an argument or in the environment.
 */
export async function provisionDirectory(options: {
  stateDir: string;
  address: string;
  ca: CertificateAuthority;
}): Promise<DirectoryInstall> {
  const { stateDir, address, ca } = options;
  requireMeans();
  const layout = directoryLayout(join(stateDir, 'directory'));
  requireShortPaths(layout);
  const fresh = !existsSync(layout.folder);
  if (fresh) await provisionAside(stateDir, address);
  await writeConfiguration(layout, address, ca);
  return describe(layout, address, fresh);
}

/**
 * Everything is made in `directory.new` and renamed at the end. A crash before the rename leaves no `directory`, so the
 * next run begins anew; the demo's secrets are written before it, so a domain that exists always has them.
 */
async function provisionAside(stateDir: string, address: string): Promise<void> {
  const layout = directoryLayout(join(stateDir, 'directory.new'));
  rmSync(layout.folder, { recursive: true, force: true });
  for (const folder of ['etc', 'tls', 'secrets', 'log', 'cache', 'lock', 'state', 'bind-dns'])
    mkdirSync(join(layout.folder, folder), { recursive: true, mode: 0o755 });
  chmodSync(join(layout.folder, 'secrets'), 0o700);
  writeFileSync(layout.config, sambaConfig(layout, address));
  // Without --adminpass samba-tool makes one up and prints it; it is replaced by ours in the seeding.
  const provisioned = await runCommand(
    python,
    [
      '/usr/bin/samba-tool',
      'domain',
      'provision',
      `--targetdir=${layout.folder}`,
      `--configfile=${layout.config}`,
      `--realm=${demoDomain.realm}`,
      `--domain=${demoDomain.netbios}`,
      `--host-name=${demoDomain.host.split('.')[0]}`,
      `--host-ip=${address}`,
      '--server-role=dc',
      '--dns-backend=NONE',
    ],
    { timeoutMs: 120_000 },
  );
  if (provisioned.code !== 0)
    throw new Sentence(
      `samba-tool could not provision the demo domain: ${lastLine(provisioned.stderr)}. Free some disk space, or see whether another Samba is being set up, and start again.`,
    );

  const secrets = makeDemoSecrets();
  const services = { reader: machinePassword(), writerStaff: machinePassword(), writerPrivileged: machinePassword() };
  const administrator = machinePassword();
  const document = bankDocument(
    layout,
    { people: new Map(secrets.map((one) => [one.account, one.password])), services, administrator },
    new Date(),
  );
  const seeded = await runCommand(python, [seedScript], { input: JSON.stringify(document), timeoutMs: 120_000 });
  if (seeded.code !== 0)
    throw new Sentence(
      `The demo bank could not be written to the new domain: ${lastLine(seeded.stderr)}. Start again with npm start -- --fresh.`,
    );

  for (const [name, password] of Object.entries(services))
    writeSecret(layout.secretFile(serviceAccounts[name as ServiceAccount]), password);
  writeSecret(layout.secretFile('administrator'), administrator);
  writeDemoPeople(stateDir, secrets);
  renameSync(layout.folder, join(stateDir, 'directory'));
}

async function writeConfiguration(layout: DirectoryLayout, address: string, ca: CertificateAuthority): Promise<void> {
  writeFileSync(layout.config, sambaConfig(layout, address));
  writeFileSync(layout.krb5, kerberosConfig(address), { mode: 0o644 });
  const { cert, key, ca: caFile } = layout.tls;
  if (existsSync(cert) && existsSync(key) && certificateServes(readFileSync(cert, 'utf8'), ca, address)) return;
  const issued = await issueDirectoryCertificate(ca, { dns: [demoDomain.host, demoDomain.dnsName], ip: address });
  writeSecret(key, issued.keyPem);
  writeFileSync(caFile, ca.certPem, { mode: 0o644 });
  // Last: after a crash before this line the certificate is absent or still does not serve, so the next start issues again.
  writeFileSync(cert, issued.certPem, { mode: 0o644 });
}

function describe(layout: DirectoryLayout, address: string, fresh: boolean): DirectoryInstall {
  const service = (name: ServiceAccount) => ({ dn: serviceDn(name), passwordFile: layout.secretFile(serviceAccounts[name]) });
  return {
    fresh,
    layout,
    baseDn: demoDomain.baseDn,
    netbios: demoDomain.netbios,
    upnSuffix: demoDomain.dnsName,
    controllers: [{ url: `ldaps://${address}:636`, servername: demoDomain.host }],
    serviceAccounts: { reader: service('reader'), writerStaff: service('writerStaff'), writerPrivileged: service('writerPrivileged') },
    administrator: { dn: `CN=Administrator,CN=Users,${demoDomain.baseDn}`, passwordFile: layout.secretFile('administrator') },
  };
}

function requireMeans(): void {
  if (process.getuid?.() !== 0)
    throw new Sentence(
      'The demo domain controller needs root. Run as root, or use your own directory: npm start -- --directory <settings file>.',
    );
  const needed = ['/usr/bin/samba-tool', '/usr/sbin/samba', '/usr/share/samba/setup/provision.ldif', python];
  const missing = needed.find((file) => !existsSync(file));
  if (missing)
    throw new Sentence(
      `The demo domain controller needs Samba, and ${missing} is missing. Run: apt-get install -y --no-install-recommends ${directoryPackages.join(' ')}`,
    );
}

function requireShortPaths(layout: DirectoryLayout): void {
  // sockaddr_un holds 107 bytes, and Samba makes sockets such as private/ldap_priv/ldapi and lock/msg.sock/<pid> here.
  if (Buffer.byteLength(layout.privateFolder) > 80)
    throw new Sentence(
      `The state folder has too long a path for the domain controller's sockets (${layout.folder}). Set COUNTERSIGN_STATE to a shorter one.`,
    );
}

/** 192 random bits, with what every complexity rule asks for. */
function machinePassword(): string {
  return `Cs1-${randomBytes(24).toString('base64url')}`;
}

function writeSecret(file: string, value: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${value.trimEnd()}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** The last line that is a message. Passwords never reach these outputs: the seed's input is not echoed by Python or Samba. */
function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? 'it said nothing';
}
