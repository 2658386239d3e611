import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { readSecretLine } from '#config';
import { controllerList, findByDns, someControllers } from '#directory-settings';
import { Sentence } from '../sentence.ts';
import type { DirectoryFacts } from './settings.ts';

const bind = z.strictObject({ dn: z.string().min(1), passwordFile: z.string().min(1) });
const groups = z.array(z.string().min(1));

/** The file that `--directory` names (YAML or JSON). Paths in it are relative to it. docs/operators-guide.md has an example. */
const ownDirectory = z
  .strictObject({
    controllers: controllerList.default([]),
    find: findByDns.optional(),
    writersPrefer: z.literal('pdc', 'must be pdc, or be left out: then writers use the nearest controller').optional(),
    ca: z.string().min(1),
    baseDn: z.string().min(1),
    netbios: z.string().min(1),
    upnSuffix: z.string().min(1),
    binds: z.strictObject({ reader: bind, writerStaff: bind, writerPrivileged: bind }),
    roleGroups: z.strictObject({
      approver: groups,
      'security-officer': groups,
      'help-desk': groups,
      auditor: groups,
      administrator: groups,
      operator: groups,
    }),
    policy: z.string().min(1),
    events: z.array(z.strictObject({ file: z.string().min(1), controller: z.string().min(1) })).default([]),
    mail: z
      .strictObject({
        host: z.string().min(1),
        port: z.int().min(1).max(65_535),
        tls: z.enum(['implicit', 'starttls'], 'must be implicit or starttls, plain SMTP is refused'),
        ca: z.string().min(1),
        from: z.email(),
        credentials: z.strictObject({ name: z.string().min(1), passwordFile: z.string().min(1) }).optional(),
      })
      .optional(),
  })
  .superRefine(someControllers);

export type OwnDirectory = DirectoryFacts & { policyFile: string };

/** Reads the operator's own directory. Refuses with the field and the fix when anything is missing or readable by others. */
export function readOwnDirectory(file: string): OwnDirectory {
  const path = resolve(file);
  if (!existsSync(path))
    throw new Sentence(`${path} does not exist. Name the settings of your directory: npm start -- --directory <file>.`);
  const parsed = ownDirectory.safeParse(readYaml(path));
  if (!parsed.success) {
    throw new Sentence(
      `${path}: ${parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`).join('; ')}. docs/operators-guide.md shows a whole one.`,
    );
  }
  const settings = parsed.data;
  const near = (name: string) => resolve(dirname(path), name);
  const secret = (name: string) => {
    try {
      return readSecretLine(near(name));
    } catch (error) {
      throw new Sentence((error as Error).message);
    }
  };
  const withPassword = ({ dn, passwordFile }: z.infer<typeof bind>) => ({ dn, password: secret(passwordFile) });
  const { mail } = settings;
  for (const needed of [settings.ca, settings.policy, ...(mail ? [mail.ca] : [])])
    if (!existsSync(near(needed))) throw new Sentence(`${path} names ${near(needed)}, which does not exist.`);
  return {
    connection: {
      controllers: settings.controllers,
      ...(settings.find ? { find: settings.find } : {}),
      ca: near(settings.ca),
      baseDn: settings.baseDn,
      netbios: settings.netbios,
      upnSuffix: settings.upnSuffix,
    },
    roleGroups: settings.roleGroups,
    binds: {
      reader: withPassword(settings.binds.reader),
      writerStaff: withPassword(settings.binds.writerStaff),
      writerPrivileged: withPassword(settings.binds.writerPrivileged),
    },
    caPem: readFileSync(near(settings.ca), 'utf8'),
    writersPrefer: settings.writersPrefer,
    policyFile: near(settings.policy),
    events: settings.events.map(({ file: events, controller }) => ({ file: near(events), controller })),
    ...(mail ? { mail: mailOf(mail, near, secret) } : {}),
  };
}

function mailOf(
  { host, port, tls, ca, from, credentials }: NonNullable<z.infer<typeof ownDirectory>['mail']>,
  near: (name: string) => string,
  secret: (name: string) => string,
): NonNullable<DirectoryFacts['mail']> {
  return {
    host,
    port,
    tls,
    from,
    caPem: readFileSync(near(ca), 'utf8'),
    credentials: credentials && { name: credentials.name, password: secret(credentials.passwordFile) },
  };
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Sentence(`${path} is neither YAML nor JSON: ${(error as Error).message.split('\n')[0]}`);
  }
}
