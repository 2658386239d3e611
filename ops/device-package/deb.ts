import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AGENT_VERSION } from '#device-agent/agent.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** What the agent starts comes from these (device-agent/programs.ts). */
const DEPENDS = [
  'libc6',
  'libpam-runtime',
  'libpam-modules',
  'sssd-common',
  'ldb-tools',
  'ldap-utils',
  'krb5-user',
  'libsasl2-modules-gssapi-mit',
];

const CONTROL = `Package: countersign-device
Version: ${AGENT_VERSION}
Architecture: amd64
Maintainer: Countersign <root@localhost>
Depends: ${DEPENDS.join(', ')}
Section: admin
Priority: optional
Description: keeps cached passwords in step with resets
 Takes an old password out of SSSD's cache as soon as it was reset, and says
 when the new one is there. Connects to the bank's own portal; listens on nothing.
`;

/**
 * How PAM shows people at their login what waits for them (pam-auth-update(8)): optional, so that no login depends on it, and with a fixed program and word, no
 * shell. Whoever does not want it there takes it away with pam-auth-update.
 */
const PAM = `Name: Countersign: tell people of changes of what they sign in with
Default: yes
Priority: 0
Session-Type: Additional
Session-Interactive-Only: yes
Session:
\toptional\tpam_exec.so quiet stdout /usr/bin/countersign-device told
`;

/** The service is started by hand, after the device was enrolled: what is not enrolled has nothing to do. */
const AFTER_INSTALL = `#!/bin/sh
set -e
[ "$1" = configure ] && pam-auth-update --package
[ "$1" = configure ] && [ -d /run/systemd/system ] && { systemctl daemon-reload; systemctl try-restart countersign-device.service || true; }
exit 0
`;
const BEFORE_REMOVAL = `#!/bin/sh
set -e
[ "$1" = remove ] && pam-auth-update --package --remove countersign-device
[ "$1" = remove ] && [ -d /run/systemd/system ] && { systemctl disable --now countersign-device.service countersign-attest.socket || true; }
exit 0
`;
/** Purged, nothing of it is left: key, memory and settings too. */
const AFTER_REMOVAL = `#!/bin/sh
set -e
[ "$1" = purge ] && rm -rf /var/lib/countersign-device /etc/countersign-device
[ -d /run/systemd/system ] && systemctl daemon-reload
exit 0
`;

/** The agent; and the socket at which its login screen asks, with what answers there, which is enabled with that screen. */
const UNITS = ['countersign-device.service', 'countersign-attest.socket', 'countersign-attest@.service'];

/** Packs an executable of the agent, its units, its line for PAM and an example of its settings into a Debian package. */
export async function buildPackage(executable: string, file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-deb-'));
  const put = (path: string, text: string, mode: number): void => {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true, mode: 0o755 });
    writeFileSync(at, text, { mode });
    chmodSync(at, mode);
  };
  try {
    chmodSync(folder, 0o755);
    put('DEBIAN/control', CONTROL, 0o644);
    put('DEBIAN/postinst', AFTER_INSTALL, 0o755);
    put('DEBIAN/prerm', BEFORE_REMOVAL, 0o755);
    put('DEBIAN/postrm', AFTER_REMOVAL, 0o755);
    put('usr/share/pam-configs/countersign-device', PAM, 0o644);
    put(
      'usr/share/doc/countersign-device/settings.json',
      `${JSON.stringify({ portal: 'https://portal.bank.test:8445', myFactors: 'https://portal.bank.test/factors' }, null, 2)}\n`,
      0o644,
    );
    mkdirSync(join(folder, 'usr/bin'), { recursive: true });
    cpSync(executable, join(folder, 'usr/bin/countersign-device'), { preserveTimestamps: true });
    mkdirSync(join(folder, 'lib/systemd/system'), { recursive: true });
    for (const unit of UNITS) cpSync(join(here, unit), join(folder, 'lib/systemd/system', unit));
    const made = await runCommand('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z3', '--build', folder, file], { timeoutMs: 300_000 });
    if (made.code !== 0) throw new Sentence(`dpkg-deb could not make the package: ${made.stderr.trim()}.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
