import { readdirSync, readFileSync } from 'node:fs';

const FILE = '/etc/sssd/sssd.conf';
const SNIPPETS = '/etc/sssd/conf.d';

/** What the agent has to know of a domain that SSSD serves. */
export interface SssdDomain {
  /** As in the section [domain/…]. */
  name: string;
  realm: string;
  /** What SSSD calls this device there, when it is told. */
  hostname: string | undefined;
  /** Domain controllers by name; empty: DNS knows them. */
  controllers: string[];
  cachesCredentials: boolean;
  storesPasswordIfOffline: boolean;
  /** Seconds in which a login is judged by the cache even online; 0 unless set. */
  cachedAuthTimeout: number;
}

type Sections = Map<string, Map<string, string>>;

/** Reads an ini file as SSSD does (sssd.conf(5)): later lines win, a line that begins with # or ; is a comment. */
export function readIni(text: string, sections: Sections = new Map()): Sections {
  let section = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const head = /^\[(.+)\]$/.exec(line)?.[1];
    if (head !== undefined) {
      section = head.trim();
      continue;
    }
    const at = line.indexOf('=');
    if (at < 1) continue;
    const options = sections.get(section) ?? new Map<string, string>();
    sections.set(section, options.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()));
  }
  return sections;
}

const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
const isTrue = (text: string | undefined): boolean => /^(true|yes|1)$/i.test(text ?? '');

/** The domains in these sections, in SSSD's order. Those whose names could be taken for something else in a path are left out. */
export function domainsIn(sections: Sections): SssdDomain[] {
  return list(sections.get('sssd')?.get('domains'))
    .filter((name) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    .map((name) => {
      const options = sections.get(`domain/${name}`) ?? new Map<string, string>();
      const controllers = list(options.get('ad_server')).filter((server) => /^[A-Za-z0-9.-]+$/.test(server));
      return {
        name,
        realm: options.get('krb5_realm') ?? (options.get('ad_domain') ?? name).toUpperCase(),
        hostname: options.get('ad_hostname'),
        controllers,
        cachesCredentials: isTrue(options.get('cache_credentials')),
        storesPasswordIfOffline: isTrue(options.get('krb5_store_password_if_offline')),
        cachedAuthTimeout: Number(options.get('cached_auth_timeout') ?? 0) || 0,
      };
    });
}

/** The domains that SSSD is configured for now; none where it is not. */
export function sssdDomains(): SssdDomain[] {
  const sections: Sections = new Map();
  const files = [FILE];
  try {
    // sssd.conf(5): snippets by name, after the main file; hidden ones are ignored.
    files.push(
      ...readdirSync(SNIPPETS)
        .filter((file) => /^[^.].*\.conf$/.test(file))
        .sort()
        .map((file) => `${SNIPPETS}/${file}`),
    );
  } catch {
    // There is no such folder.
  }
  for (const file of files) {
    try {
      readIni(readFileSync(file, 'utf8'), sections);
    } catch {
      // There is no such file.
    }
  }
  return domainsIn(sections);
}
