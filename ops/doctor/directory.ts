import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { Client } from 'ldapts';
import { readSecretLine } from '#config';
import type { VerifierSettings } from '#config';
import { layout } from '../paths.ts';
import { namedControllers } from './controllers.ts';
import type { ProcessName } from '../paths.ts';
import { bad, good } from './finding.ts';
import type { Finding } from './finding.ts';

/** What a reset writes besides the password; unicodePwd itself is never listed (measured on Samba 4.17). */
const granted = ['lockoutTime', 'pwdLastSet'];
const secondsAllowed = 120;
const lookedAt = 500;

const settingsOf = (state: string, process: ProcessName): VerifierSettings =>
  JSON.parse(readFileSync(layout(state).settingsFile(process), 'utf8')) as VerifierSettings;

/** A connection with the bind of one process, to the first controller. */
async function withBind<T>(
  state: string,
  process: ProcessName,
  work: (client: Client, settings: VerifierSettings) => Promise<T>,
): Promise<T> {
  const settings = settingsOf(state, process);
  const controller = settings.directory.controllers[0];
  if (!controller) throw new Error('no controller is configured');
  const client = new Client({
    url: controller.url,
    connectTimeout: 5_000,
    timeout: 20_000,
    tlsOptions: { ca: readFileSync(settings.directory.ca), servername: controller.servername, minVersion: 'TLSv1.2' },
  });
  try {
    await client.bind(settings.bind.dn, readSecretLine(settings.bind.passwordFile));
    return await work(client, settings);
  } finally {
    await client.unbind().catch(() => {});
  }
}

export async function controllerCertificate(state: string): Promise<Finding> {
  const { ca } = settingsOf(state, 'verifier').directory;
  const controllers = await namedControllers(state);
  const soonest: { name: string; days: number }[] = [];
  for (const { url, servername, lookup } of controllers) {
    const { hostname, port } = new URL(url);
    const seen = await new Promise<{ ends: Date } | { error: string }>((resolve) => {
      const socket = connect({ host: hostname, port: Number(port || 636), servername, ca: readFileSync(ca), timeout: 5_000, lookup });
      socket.once('secureConnect', () => {
        resolve({ ends: new Date(socket.getPeerCertificate().valid_to) });
        socket.destroy();
      });
      socket.once('error', (error) => resolve({ error: error.message }));
      socket.once('timeout', () => socket.destroy(new Error('no answer within 5 s')));
    });
    if ('error' in seen)
      return bad(
        `${url} cannot be trusted or reached: ${seen.error}`,
        `start the controller; its certificate must be of ${ca} and name ${servername}`,
      );
    soonest.push({ name: servername, days: Math.floor((seen.ends.getTime() - Date.now()) / 86_400_000) });
  }
  const first = soonest.toSorted((a, b) => a.days - b.days)[0];
  if (!first || first.days < 30)
    return bad(
      `the certificate of ${first?.name ?? 'a controller'} ends in ${first?.days ?? 0} days`,
      'renew it at the controller (the demo renews its own at npm start)',
    );
  return good(`TLS to ${soonest.map(({ name }) => name).join(', ')} is trusted, for ${first.days} days more`);
}

/** Kerberos allows five minutes; TOTP is off by a code at thirty seconds, so much less is wanted. */
export function clockSkew(state: string): Promise<Finding> {
  return withBind(state, 'verifier', async (client) => {
    const { searchEntries } = await client.search('', { scope: 'base', attributes: ['currentTime'] });
    const text = String(searchEntries[0]?.['currentTime'] ?? '');
    const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text);
    if (!parts) return bad('the controller does not tell its time', 'let the reader read rootDSE');
    const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
    const skew = Math.round((Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second) - Date.now()) / 1000);
    if (Math.abs(skew) > secondsAllowed)
      return bad(`this machine's clock differs from the controller's by ${skew} s`, 'set both by the same time server');
    return good(`clock within ${Math.abs(skew)} s of the controller's`);
  });
}

/** Accounts with what the bound account may write on each, by the directory's own word. Its own entry is left out. */
function effectiveRights(state: string, process: ProcessName): Promise<{ dn: string; writable: string[] }[]> {
  return withBind(state, process, async (client, settings) => {
    const { searchEntries } = await client.search(settings.directory.baseDn, {
      scope: 'sub',
      filter: '(&(objectCategory=person)(objectClass=user))',
      attributes: ['allowedAttributesEffective'],
      paged: { pageSize: 100 },
    });
    return searchEntries
      .filter(({ dn }) => dn.toLowerCase() !== settings.bind.dn.toLowerCase())
      .slice(0, lookedAt)
      .map((entry) => ({ dn: entry.dn, writable: [entry['allowedAttributesEffective'] ?? []].flat().map(String) }));
  });
}

export async function readerRights(state: string): Promise<Finding> {
  const rights = await effectiveRights(state, 'verifier');
  const writable = rights.find((one) => one.writable.length > 0);
  if (writable)
    return bad(
      `the reader may write ${writable.writable.slice(0, 3).join(', ')} on ${writable.dn}`,
      'take that right away; the reader needs none',
    );
  return good(`the reader can write nothing on any of ${rights.length} accounts`);
}

/** Each writer can do what a reset needs on some accounts, nothing more on any, and no account is open to both. */
export async function writerRights(state: string): Promise<Finding> {
  const reach = new Map<string, ProcessName>();
  const counts: string[] = [];
  for (const name of ['writer-staff', 'writer-privileged'] as const) {
    const rights = await effectiveRights(state, name);
    const excess = rights
      .map((one) => ({ dn: one.dn, more: one.writable.filter((attribute) => !granted.includes(attribute)) }))
      .find(({ more }) => more.length > 0);
    if (excess)
      return bad(
        `${name} may write ${excess.more.slice(0, 3).join(', ')} on ${excess.dn}`,
        `grant it Reset Password, ${granted.join(' and ')} only`,
      );
    const mine = rights.filter(({ writable }) => granted.every((attribute) => writable.includes(attribute)));
    if (mine.length === 0)
      return bad(
        `${name} cannot write ${granted.join(' and ')} on any account`,
        'delegate its organisational units to it (docs/operators-guide.md)',
      );
    const shared = mine.find(({ dn }) => reach.has(dn));
    if (shared) return bad(`both writers may write ${shared.dn}`, 'delegate each organisational unit to one of them');
    for (const { dn } of mine) reach.set(dn, name);
    counts.push(`${name} ${mine.length}`);
  }
  return good(`the writers can reset their own accounts only (${counts.join(', ')})`);
}
