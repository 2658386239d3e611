import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { shownName } from '#domain/shown-name.ts';

/** Where the settings lie; neither an argument nor the environment names another place. */
export const SETTINGS_FILE = '/etc/countersign/login-screen.json';

const file = z.strictObject({
  portal: z.url({ protocol: /^https$/ }).describe('Origin of the portal as its certificate names it, for example https://reset.bank.test.'),
  address: z
    .string()
    .refine((text) => isIP(text) !== 0, 'is no IP address')
    .optional()
    .describe('IP address at which the portal listens; without it the name is looked up.'),
  ca: z.string().describe('PEM file with the one certificate authority that the portal’s certificate has to come from.'),
  helpDesk: z.string().max(200).default('the help desk').describe('How to reach the help desk, in words that end a sentence.'),
});

export interface Settings {
  portal: URL;
  address: string | undefined;
  helpDesk: string;
  ca: { pem: string; certificate: X509Certificate };
}

/** Throws one sentence that names the fix. Holds no secret: whoever may log in to the account may read it. */
export function readSettings(path: string): Settings {
  const parsed = file.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path}: ${parsed.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`).join('; ')}`);
  const { portal, address, ca, helpDesk } = parsed.data;
  const pem = readFileSync(ca, 'utf8');
  // More than one would be trusted without being shown.
  if (pem.split('-----BEGIN CERTIFICATE-----').length !== 2) throw new Error(`${ca}: write exactly one certificate into it.`);
  const certificate = new X509Certificate(pem);
  return { portal: new URL(portal), address, helpDesk: shownName(helpDesk) ?? 'the help desk', ca: { pem, certificate } };
}
