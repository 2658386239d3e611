import { isIP } from 'node:net';
import { z } from 'zod';

/** The fixed list, in the order in which controllers are tried. A controller may be named by its address; its certificate says `servername`. */
export const controllerList = z.array(
  z.strictObject({
    url: z.string().startsWith('ldaps://', 'must be ldaps://, plain LDAP is refused'),
    servername: z.string().min(1),
  }),
);

const siteName = z
  .string()
  .regex(/^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/, 'must be the name of a site as Active Directory Sites and Services shows it');

/** How the domain's own DNS is asked for its controllers. `site`: the site of Active Directory that this service stands in. */
export const findByDns = z.strictObject({
  servers: z
    .array(
      z
        .string()
        .refine(isNameServer, 'must be the address of a name server, such as 10.1.0.10 or 10.1.0.10:53; a name would have to be looked up'),
    )
    .min(1, 'must name at least one name server of the domain, usually a controller; no other server is asked'),
  site: siteName.optional(),
});

/** Networks and the sites of Active Directory that stand there, before what the directory's own subnets say: for those that nobody has drawn there. */
export const siteNetworks = z.array(
  z.strictObject({
    network: z
      .string()
      .refine((text) => isNetwork(text), 'must be a network or an address, such as 10.20.0.0/16, fd00:20::/32 or 10.20.7.9'),
    site: siteName,
  }),
);

/** Which controllers there are: a list, or DNS, or both. Adds what is missing to the findings of a schema. */
export function someControllers(
  { controllers, find, baseDn }: { controllers: readonly unknown[]; find?: unknown; baseDn: string },
  context: z.core.$RefinementCtx,
): void {
  const said = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (controllers.length === 0 && find === undefined)
    said('controllers', 'name at least one, or write find: { servers: [...] } and DNS is asked');
  if (find !== undefined && !/^\s*dc\s*=\s*[^\s,=]+(\s*,\s*dc\s*=\s*[^\s,=]+)*\s*$/i.test(baseDn))
    said('baseDn', 'must be the domain itself, such as DC=example,DC=bank: find takes its DNS name from it');
}

function isNetwork(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const kind = isIP(address);
  if (kind === 0 || address.includes('%') || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (kind === 4 ? 32 : 128));
}

function isNameServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, address, port] = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(text) ?? [];
  const kind = isIP(address ?? '');
  return kind === (text.startsWith('[') ? 6 : 4) && Number(port) >= 1 && Number(port) <= 65_535;
}
