import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

const path = z.string().regex(/^\/[^\0]*$/, 'an absolute path');

const settings = z.strictObject({
  portal: z
    .url({ protocol: /^https$/ })
    .describe('Where the portal takes devices: https://<host>:<port>. The name is checked against its certificate.'),
  ca: path.default('/etc/countersign-device/portal-ca.pem').describe('The only authority that is believed, in PEM. The system has no say.'),
  state: path.default('/var/lib/countersign-device').describe('Key, certificate and memory; root alone reads it.'),
  name: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
    .optional()
    .describe('The full name under which this device is enrolled. Left out: what SSSD calls it (ad_hostname), else the host name.'),
  myFactors: z
    .url({ protocol: /^https$/ })
    .max(200)
    .regex(/^[\x21-\x7e]+$/)
    .optional()
    .describe(
      'Where people look after what they sign in with, as it is written for them: https://portal.example/portal/factors. Left out: no address is named.',
    ),
  controllers: z
    .array(z.string().regex(/^[a-z0-9.-]+$/))
    .optional()
    .describe('Domain controllers by full name. Left out: those of SSSD (ad_server), else whom DNS names (_ldap._tcp.<domain>).'),
  sealedHash: z
    .boolean()
    .default(false)
    .describe(
      'Whether a hash of a new password may be taken from the portal, sealed to this device, where the policy offers it: the new password then opens the device before a controller was reached. Set it before the device is enrolled.',
    ),
  updateKey: z
    .string()
    .optional()
    .describe('The key (Ed25519, SubjectPublicKeyInfo in base64) whose signature an update needs. Left out: no update is taken.'),
});

export type Settings = z.infer<typeof settings>;

/** Where the settings are unless `--config` says otherwise. */
export const SETTINGS_FILE = '/etc/countersign-device/settings.json';

/** Throws an Error whose message names the field and what it has to be. */
export function readSettings(file: string): Settings {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${file} cannot be read as JSON. Write the portal's address there: {"portal":"https://portal.example:8445"}.`);
  }
  const read = settings.safeParse(content);
  if (!read.success) {
    const [first] = read.error.issues;
    throw new Error(`${file}: ${first?.path.join('.') || 'the whole'}: ${first?.message}`);
  }
  return read.data;
}

/** The name under which this device is enrolled. */
export const nameOf = ({ name }: Settings, inSssd: string | undefined): string => (name ?? inSssd ?? hostname()).toLowerCase();
